

cpdef unsigned long ident() noexcept
cpdef object own()
cdef long long microseconds() noexcept

cdef class Ring:
    cdef list _slots
    cdef Py_ssize_t _head
    cdef Py_ssize_t _count
    cdef Py_ssize_t _mask

    cpdef int push(self, object item) except -1
    cpdef int push_once(self, object item) except -1
    cpdef object pop(self)
    cpdef rotate(self, Py_ssize_t count)
    cpdef int reserve(self, Py_ssize_t count) except -1
    cdef int _grow(self) except -1

cdef class Clock:
    cdef public bint jumps

    cpdef long long now(self) except? -1
    cpdef sleep(self, loop, long long timeout)
    cpdef hold(self)
    cpdef release(self)
