cdef object PENDING

cdef class Store:
    cdef public Py_ssize_t size
    cdef public Py_ssize_t count
    cdef public bint closed
    cdef public Py_ssize_t high_water
    cdef public Py_ssize_t dropped
    cdef public Py_ssize_t unfinished
    cdef Py_ssize_t _read
    cdef list _list
    cdef object _buf
    cdef object _model

    cpdef bint put(self, item) except -1
    cdef _as_kept(self, item)
    cpdef get(self)
    cpdef bint replace(self, item) except -1
    cpdef refuse(self)
    cpdef Py_ssize_t put_many(self, list items, Py_ssize_t start) except -1
    cpdef list get_many(self, Py_ssize_t most)
    cpdef bint room(self)
    cpdef peek(self)
    cpdef bint finish(self) except -1
    cpdef close(self)
    cpdef bint drained(self)
