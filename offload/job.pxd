import cython
from ..core.doorbell_cpython cimport Doorbell
from ..core.cell cimport Cell
from ..core.task cimport RunQueue, Task
from ..threadsafe.parking cimport ParkedTask

from ..core.context cimport running_loop
from ..core.parker_cpython cimport keep, let_go

cdef bint MICROPYTHON
cdef object PENDING
cdef int NEW
cdef int QUEUED
cdef int ENDED

cdef class Job(Cell):
    cdef readonly object pool
    cdef readonly object func
    cdef readonly tuple args
    cdef readonly dict kwargs
    cdef public int state
    cdef public object result
    cdef public object error
    cdef list unclaimed
    cdef Task task
    cdef bint woken
    cdef bint given_up
    cdef public bint expired
    cdef public bint taken
    cdef public bint cancelled
    cdef public bint kept
    cdef public object limits
    cdef public object context
    cdef readonly RunQueue queue
    cdef Doorbell bell
    cdef object __weakref__

    cpdef bint claim(self) except -1
    cdef bint _claimed(self) except -1
    cpdef run(self, slot=?)
    cpdef finish(self, result, error)
    cpdef fail(self, error)
    @cython.locals(bell=Doorbell)
    cdef _end(self)
    cpdef bint ended(self)
    cpdef describe(self)
    cpdef start(self)
    cdef bint _submit(self) except -1
    @cython.locals(loop=RunQueue)
    cdef bint _submit_and_wait(self) except -1
    cpdef attempt(self)
    @cython.locals(bell=Doorbell)
    cpdef park(self, Task task)
    @cython.locals(task=Task)
    cpdef answer(self)
    cpdef expire(self, Task task)
    @cython.locals(parked=bint)
    cpdef bint unpark(self, Task task) except -1
    cdef _leave(self)
    cpdef bint withdraw(self) except -1
    cpdef report_late(self)

cdef class Queueing(ParkedTask):
    cdef Job job

    cpdef expire(self, Task task)
