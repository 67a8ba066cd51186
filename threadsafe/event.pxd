import cython
from ..core.task cimport Task
from .parking cimport ParkedTask
from .timed cimport TimedWait
from .waitline_cpython cimport WaitLine

cdef bint MICROPYTHON
cdef object PENDING

cdef class ReleasedTask(ParkedTask):
    cpdef pass_on(self)

cdef class Signal:
    cdef public WaitLine _line
    cdef object __weakref__

    cpdef bint is_set(self) except -1
    cpdef value(self)

cdef class SignalWait(TimedWait):
    cdef Signal signal

    @cython.locals(parked=ParkedTask)
    cpdef attempt(self)
    @cython.locals(parked=ParkedTask)
    cpdef park(self, Task task)

cdef class ThreadSafeEvent(Signal):
    cdef bint _state

    cpdef set(self)
    cpdef bint is_set(self) except -1
    cpdef value(self)
