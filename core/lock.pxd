import cython
from .task cimport RunQueue, Task, Wait
from .waitlist cimport WaitList

cdef bint COMPILED
cdef object PENDING

cdef class Lock(WaitList):
    cdef public object state
    cdef bint fresh
    cdef RunQueue queue
    cdef object __weakref__

    cpdef attempt(self)
    cpdef release(self)
    @cython.locals(task=Task)
    cdef _pass_on(self)
    cpdef park(self, Task task)
    cpdef bint unpark(self, Task task) except -1

cdef class _Done(Wait):
    cpdef attempt(self)
