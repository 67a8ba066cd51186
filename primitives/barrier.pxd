import cython
from ..core.task cimport RunQueue, Task, Wait

cdef bint COMPILED
cdef object PENDING

cdef class Barrier:
    cdef public Py_ssize_t parties
    cdef public bint broken
    cdef object _func
    cdef object _args
    cdef object _result
    cdef list _arrivals
    cdef Py_ssize_t _triggered
    cdef RunQueue _queue
    cdef object __weakref__

    cdef Py_ssize_t _missing(self)
    cdef _check(self)
    @cython.locals(arrival=_Arrival)
    cdef _open(self)
    @cython.locals(arrival=_Arrival)
    cdef _send_away(self, why)

cdef class _Arrival(Wait):
    cdef Barrier barrier
    cdef public Task task
    cdef public Py_ssize_t number
    cdef public bint done

    @cython.locals(barrier=Barrier)
    cpdef attempt(self)
    cpdef park(self, Task task)
    cpdef bint unpark(self, Task task) except -1
