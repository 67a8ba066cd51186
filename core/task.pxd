import cython
from .native cimport Clock, Ring, ident
from .timers cimport Timer, TimerHeap

cdef class Task

cdef class Wait:
    cpdef park(self, Task task)
    cpdef bint unpark(self, Task task) except -1
    cpdef expire(self, Task task)

cdef class WaitList(Wait):
    cdef public list waiters

    @cython.locals(waiters=list, task=Task)
    cpdef wake_all(self)

cdef class RunQueue:
    cdef public Ring ready
    cdef public TimerHeap timers
    cdef public Clock clock
    cdef public Task current
    cdef public unsigned long thread
    cdef public Task newest
    cdef public dict scopes

    cpdef check_context(self, what, instead)
    cpdef wake(self, Task task)
    cpdef fail(self, Task task, exc)
    cpdef finish(self, Task task, outcome)
    cpdef cancel_current(self)

cdef class Task(Timer):
    cdef public object coro
    cdef public RunQueue queue
    cdef public object data
    cdef public object state
    cdef public Task newer
    cdef public Task older
    cdef public object name
    cdef object __weakref__

    @cython.locals(queue=RunQueue)
    cpdef cancel(self)
    @cython.locals(queue=RunQueue, target=Task)
    cpdef bint interrupt(self) except -1
    cpdef inject(self, exc)
    cpdef expire(self)
    cpdef park(self, Task task)
    cpdef add_waiter(self, waiter)
    cpdef bint unpark(self, waiter) except -1
