import cython
from ..core.operation cimport Operation
from ..core.task cimport RunQueue, Task
from .parking cimport ParkedTask
from .store cimport Store
from .waitline_cpython cimport WaitLine

cdef bint MICROPYTHON
cdef object PENDING

cdef class _Put

cdef class ThreadSafeQueue:
    cdef Store _store
    cdef public WaitLine getters
    cdef public WaitLine putters
    cdef _Get _get
    cdef object __weakref__

    @cython.locals(operation=_Put)
    cpdef put(self, v, timeout=?)
    cpdef bint closed(self)
    cpdef bint full(self)
    @cython.locals(store=Store)
    cpdef bint try_put(self, v) except -1
    @cython.locals(store=Store)
    cpdef try_get(self)

cdef class _Get(Operation):
    cdef ThreadSafeQueue queue

    cpdef attempt(self)
    @cython.locals(queue=ThreadSafeQueue, parked=ParkedTask)
    cpdef park(self, Task task)

cdef class _Next(_Get):
    cpdef attempt(self)

cdef class _Timed(Operation):
    cdef ThreadSafeQueue queue
    cdef long long delay
    cdef long long deadline
    cdef ParkedTask parked

    @cython.locals(queue=RunQueue)
    cdef ParkedTask wait_in(self, Task task, line)
    cdef check_deadline(self)

cdef class _TimedGet(_Timed):
    cpdef attempt(self)
    @cython.locals(queue=ThreadSafeQueue, parked=ParkedTask)
    cpdef park(self, Task task)

@cython.freelist(16)
cdef class _Put(_Timed):
    cdef object v

    cpdef attempt(self)
    @cython.locals(queue=ThreadSafeQueue, parked=ParkedTask)
    cpdef park(self, Task task)
