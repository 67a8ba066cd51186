import cython
from .doorbell_cpython cimport Doorbell
from .native cimport Clock, Ring, resume
from .task cimport RunQueue, Task, Wait
from .timers cimport Timer, TimerHeap

cdef bint MICROPYTHON

cdef class Loop(RunQueue):
    cdef public Doorbell bell
    cdef public object io
    cdef public bint running
    cdef public bint stopping
    cdef public long passes
    cdef object _handler
    cdef object __weakref__

    cpdef create_task(self, coro)
    cdef _run(self)
    cpdef turn(self)
    @cython.locals(bell=Doorbell, timers=TimerHeap, heap=list, timeout=cython.longlong, now=cython.longlong, first=Timer)
    cdef _collect(self)
    @cython.locals(ready=Ring, task=Task)
    cdef _pass(self, Py_ssize_t count)
    @cython.locals(wait=Wait, other=Task)
    cdef _park(self, Task task, got)
    cdef _leave(self, Task task)
    cdef _report(self, Task task)
    @cython.locals(ready=Ring, count=Py_ssize_t, task=Task)
    cpdef report_ended(self)
