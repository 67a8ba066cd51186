import cython
from .parking cimport Waiter

cdef class WaitLine:
    cdef object _waiters

    cpdef bint any(self)
    cpdef join(self, waiter)
    cpdef bint leave(self, waiter) except -1
    @cython.locals(waiter=Waiter)
    cpdef notify(self)
    @cython.locals(count=Py_ssize_t)
    cpdef notify_all(self)
