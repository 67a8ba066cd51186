cdef extern from "Python.h":
    ctypedef void *PyThread_type_lock


cdef class Parker:
    cdef PyThread_type_lock _lock
    cdef bint _taken
    cdef long long _since

    cpdef park(self, long long timeout)
    cpdef unpark(self)
    cpdef parked_elsewhere(self)

cpdef keep(bint one)
cpdef let_go()
