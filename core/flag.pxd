from .cell cimport Cell
from .task cimport RunQueue, Task
from .doorbell_cpython cimport Doorbell
import cython

cdef bint COMPILED
cdef object PENDING

cdef class ThreadSafeFlag(Cell):
    cdef public bint state
    cdef Doorbell bell
    cdef Task task
    cdef bint fresh
    cdef public bint urgent
    cdef int _descriptor
    cdef object __weakref__

    @cython.locals(bell=Doorbell)
    cpdef set(self)
    cpdef attempt(self)
    cpdef clear(self)
    @cython.locals(bell=Doorbell)
    cpdef park(self, Task task)
    @cython.locals(bell=Doorbell)
    cpdef bint unpark(self, Task task) except -1
    @cython.locals(bell=Doorbell, task=Task, queue=RunQueue)
    cpdef answer(self)
