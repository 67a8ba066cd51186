import cython
from ..core.lock cimport Lock
from ..core.task cimport Task, Wait

cdef object PENDING

cdef class Condition:
    cdef object _lock
    cdef list _turns
    cdef object __weakref__

    cdef _check(self, what)
    cdef _check_notify(self)
    @cython.locals(turns=list, turn=_Turn)
    cdef _notify(self, Py_ssize_t n)

cdef class _Turn(Wait):
    cdef Condition _condition
    cdef public Task task
    cdef public bint notified
    cdef public bint owns

    cpdef attempt(self)
    @cython.locals(condition=Condition)
    cpdef park(self, Task task)
    cpdef bint unpark(self, Task task) except -1
