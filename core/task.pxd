import cython
from .native cimport Clock, Ring, ident
from .timers cimport Timer, TimerHeap

cdef bint COMPILED
cdef bint MICROPYTHON

cdef class Task

cdef class Wait:
    cpdef attempt(self)
    cpdef park(self, Task task)
    cpdef bint unpark(self, Task task) except -1
    cpdef expire(self, Task task)

cdef class RunQueue:
    cdef public Ring ready
    cdef public TimerHeap timers
    cdef public Clock clock
    cdef public Task current
    cdef public unsigned long thread
    cdef public Task newest
    cdef public dict scopes
    cdef public object policy
    cdef public long long seen
    cdef public int streak

    cpdef check_context(self, what)
    cpdef wake(self, Task task)
    cpdef arrive(self, Task task, bint urgent)
    cpdef fail(self, Task task, exc)
    cpdef finish(self, Task task, outcome)
    cpdef cancel_current(self)
    cdef _tell_all(self, list waiters, Task task)
    cdef tell(self, waiter, Task task)

cdef class Task(Timer):
    cdef public object coro
    cdef public RunQueue queue
    cdef public object data
    cdef public object state
    cdef public object name
    cdef public long long since
    cdef public object origin
    cdef public Task newer
    cdef public Task older
    cdef object __weakref__

    @cython.locals(queue=RunQueue)
    cpdef cancel(self)
    @cython.locals(queue=RunQueue, target=Task)
    cpdef bint interrupt(self) except -1
    cpdef inject(self, exc)
    cpdef expire(self)
    cpdef bint has_patience(self) except -1
    @cython.locals(other=Task)
    cpdef bint leads_to(self, Task task) except -1
    cpdef park(self, Task task)
    cpdef begin(self, coro, RunQueue queue)
    cpdef add_waiter(self, waiter)
    cpdef list waiters(self)
    cpdef bint unpark(self, waiter) except -1
