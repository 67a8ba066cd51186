cdef object PENDING

cdef class Store:
    cdef public object buf
    cdef public Py_ssize_t size
    cdef public Py_ssize_t count
    cdef public bint closed
    cdef Py_ssize_t _read
    cdef object _model
    cdef object _blank

    cpdef bint put(self, item) except -1
    cpdef get(self)
    cpdef close(self)
    cpdef bint drained(self)
