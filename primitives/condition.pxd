import cython
from ..core.lock cimport Lock
from ..core.task cimport Task, Wait

cdef object PENDING

cdef class Condition:
    cdef object _lock
    cdef _Line _line
    cdef object __weakref__

    cdef _check(self, what)

cdef class _Line:
    cdef public object lock
    cdef public list turns

    @cython.locals(turns=list, turn=_Turn)
    cpdef notify(self, Py_ssize_t n)

cdef class _Turn(Wait):
    cdef _Line _line
    cdef public Task task
    cdef public bint notified
    cdef public bint owns

    cpdef attempt(self)
    cpdef park(self, Task task)
    cpdef bint unpark(self, Task task) except -1
