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
    @cython.locals(ready=Ring, timers=TimerHeap, heap=list, now=cython.longlong, first=Timer)
    cdef Py_ssize_t _collect(self) except -1
    @cython.locals(heap=list, clock=Clock, timeout=cython.longlong, first=Timer)
    cdef _idle(self)
    cpdef sleep_for(self, long long timeout)
    @cython.locals(ready=Ring, task=Task)
    cdef _pass(self, Py_ssize_t count)
    @cython.locals(wait=Wait, other=Task)
    cdef _park(self, Task task, got)
    cdef _leave(self, Task task)
    cdef _report(self, Task task)
    @cython.locals(ready=Ring, count=Py_ssize_t, task=Task)
    cpdef report_ended(self)
