import cython
from ..core.task cimport RunQueue, Task
from ..core.waitlist cimport WaitList

cdef class HandingLine(WaitList):
    cdef public bint fresh
    cdef public RunQueue queue
    cdef object __weakref__

    cpdef check(self, what)
    @cython.locals(task=Task)
    cpdef bint hand(self) except -1
    cpdef hand_back(self)
    cpdef park(self, Task task)
    cpdef bint unpark(self, Task task) except -1
