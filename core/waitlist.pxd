import cython
from .task cimport Task, Wait

cdef class WaitList(Wait):
    cdef public list waiters

    @cython.locals(waiters=list, first=Task)
    cpdef park(self, Task task)
    cpdef bint unpark(self, Task task) except -1
    @cython.locals(waiters=list, task=Task)
    cpdef wake_all(self)
