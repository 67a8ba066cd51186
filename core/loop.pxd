import cython
from .doorbell_cpython cimport Doorbell
from .native cimport Clock, Ring
from .parker_cpython cimport let_go
from .step cimport Contexts, resume, runnable, throw
from .task cimport RunQueue, Task, Wait
from .timers cimport TimerHeap

cdef bint COMPILED
cdef bint MICROPYTHON

cdef class Loop(RunQueue):
    cdef public Doorbell bell
    cdef public object io
    cdef public bint running
    cdef public bint stopping
    cdef public bint closed
    cdef public object inbox
    cdef public long passes
    cdef object _handler
    cdef Contexts contexts
    cdef public object asyncgens
    cdef object interrupts
    cdef object __weakref__

    @cython.locals(task=Task)
    cpdef create_task(self, coro, name=?, context=?)
    cdef _run(self)
    cpdef begin(self)
    cpdef end(self)
    cpdef turn(self)
    @cython.locals(ready=Ring, count=Py_ssize_t, woken=Py_ssize_t)
    cpdef Py_ssize_t gather(self) except -1
    @cython.locals(bell=Doorbell, timers=TimerHeap, now=cython.longlong, woken=bint)
    cpdef bint collect(self, bint idle) except -1
    @cython.locals(clock=Clock, timeout=cython.longlong)
    cdef _idle(self)
    cpdef sleep_for(self, long long timeout)
    @cython.locals(ready=Ring, task=Task, board=bint)
    cpdef run_ready(self, Ring ring, Py_ssize_t count, bint on=?)
    @cython.locals(wait=Wait, other=Task)
    cpdef park(self, Task task, got)
    cdef _leave(self, Task task)
    cdef _report(self, Task task)
    @cython.locals(ready=Ring, count=Py_ssize_t, task=Task)
    cpdef report_ended(self)
