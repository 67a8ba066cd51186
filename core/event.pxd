from .task cimport RunQueue, Task
from .waitlist cimport WaitList

cdef bint COMPILED
cdef object PENDING

cdef class Event(WaitList):
    cdef public bint state
    cdef bint fresh
    cdef RunQueue queue
    cdef object __weakref__

    cpdef attempt(self)
    cpdef park(self, Task task)
