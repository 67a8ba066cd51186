import cython
from ..core.doorbell_cpython cimport Doorbell
from ..core.operation cimport Operation
from ..core.task cimport RunQueue, Task
from ..threadsafe.parking cimport ParkedTask
from ..threadsafe.queue cimport ThreadSafeQueue

cdef bint MICROPYTHON
cdef object PENDING
cdef int NEW
cdef int QUEUED
cdef int ENDED

cdef class Job(Operation):
    cdef object worker
    cdef object func
    cdef tuple args
    cdef dict kwargs
    cdef public int state
    cdef object result
    cdef object error
    cdef list unclaimed
    cdef Task task
    cdef bint woken
    cdef bint given_up
    cdef RunQueue queue
    cdef Doorbell bell
    cdef object __weakref__

    cpdef bint claim(self) except -1
    cpdef run(self)
    cpdef fail(self, error)
    @cython.locals(bell=Doorbell)
    cdef _end(self)
    cpdef describe(self)
    cpdef attempt(self)
    @cython.locals(bell=Doorbell, queue=ThreadSafeQueue, parked=ParkedTask)
    cpdef park(self, Task task)
    @cython.locals(task=Task)
    cpdef answer(self)
    cpdef bint unpark(self, Task task) except -1
    cdef _report(self)
