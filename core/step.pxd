from .task cimport Wait

cpdef bint runnable(object obj) except -1
cpdef object resume(object coro)
cpdef object throw(object coro, object exc)

cdef class InContext:
    cdef readonly object coro
    cdef readonly object context

cdef class Contexts:
    cdef object base
    cdef object spare
    cdef Contexts outer

    cpdef object own(self, object coro, object context)
    cpdef enter(self)
    cpdef leave(self)
    cdef object move(self)

cdef class Moved(Wait):
    cdef object got
    cdef object context
