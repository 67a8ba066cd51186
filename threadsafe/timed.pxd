import cython
from ..core.shared cimport SharedWait
from ..core.task cimport RunQueue, Task
from .parking cimport ParkedTask

cdef class TimedWait(SharedWait):
    cdef public long long until
    cdef public ParkedTask parked

    @cython.locals(queue=RunQueue)
    cpdef ParkedTask wait_as(self, Task task, ParkedTask parked)
    cpdef bint late(self)
