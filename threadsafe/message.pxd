import cython
from ..core.operation cimport Operation
from ..core.task cimport Task
from .event cimport ReleasedTask, Signal
from .parking cimport ParkedTask

cdef bint MICROPYTHON
cdef object PENDING

cdef class Message(Signal):
    cdef list _published
    cdef object _number
    cdef object _state
    cdef object _data

    @cython.locals(published=list)
    cpdef tuple published(self)
    cpdef bint is_set(self) except -1
    cpdef value(self)

cdef class MessageReader(Operation):
    cdef Message message
    cdef object seen

    cpdef attempt(self)
    @cython.locals(parked=ParkedTask)
    cpdef park(self, Task task)
