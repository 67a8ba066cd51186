import cython
from ..core.shared cimport SharedWait, fair
from ..core.task cimport Task
from .event cimport ReleasedTask, Signal
from .parking cimport ParkedTask

cdef bint MICROPYTHON
cdef bint COMPILED
cdef object PENDING

cdef class Message(Signal):
    cdef object _published
    cdef object _numbers
    cdef object _number
    cdef object _state
    cdef object _data

    @cython.locals(published=tuple)
    cpdef tuple published(self)
    cpdef bint is_set(self) except -1
    cpdef value(self)

cdef class MessageReader(SharedWait):
    cdef Message message
    cdef public object seen
    cdef public object number
    cdef public object missed

    cpdef attempt(self)
    @cython.locals(parked=ParkedTask)
    cpdef park(self, Task task)
