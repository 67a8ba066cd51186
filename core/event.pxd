from .task cimport RunQueue, Task, WaitList

cdef class Event(WaitList):
    cdef public bint state
    cdef bint fresh
    cdef RunQueue queue
    cdef object __weakref__

    cpdef park(self, Task task)
