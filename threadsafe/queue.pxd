import cython
from ..core.shared cimport SharedWait, fair
from ..core.task cimport Task
from .parking cimport ParkedTask
from .store cimport Store
from .timed cimport TimedWait
from .waitline_cpython cimport WaitLine

cdef bint MICROPYTHON
cdef object PENDING
cdef bint COMPILED

cdef class _Put

cdef class ThreadSafeQueue:
    cdef Store _store
    cdef public WaitLine getters
    cdef public WaitLine putters
    cdef public WaitLine joiners
    cdef int _overflow
    cdef object _put_for
    cdef _Get _get
    cdef object __weakref__

    @cython.locals(operation=_Put)
    cpdef put(self, v, timeout=?)
    cpdef put_or_wait(self, v, block, timeout)
    cpdef bint closed(self)
    cpdef bint full(self)
    @cython.locals(store=Store)
    cpdef bint try_put(self, v) except -1
    @cython.locals(store=Store, putters=WaitLine)
    cpdef try_get(self)
    @cython.locals(store=Store, count=Py_ssize_t)
    cpdef Py_ssize_t try_put_many(self, list items, Py_ssize_t start) except -1
    @cython.locals(store=Store)
    cpdef try_get_many(self, Py_ssize_t most)
    @cython.locals(store=Store)
    cpdef bint can_put(self) except -1
    @cython.locals(store=Store)
    cpdef bint can_get(self) except -1
    cdef _wake(self, WaitLine line, Py_ssize_t count)

cdef class _Get(SharedWait):
    cdef ThreadSafeQueue queue

    cpdef attempt(self)
    @cython.locals(queue=ThreadSafeQueue, parked=ParkedTask)
    cpdef park(self, Task task)

cdef class _Next(_Get):
    cpdef attempt(self)

cdef class Timed(TimedWait):
    cdef public ThreadSafeQueue queue

    @cython.locals(queue=ThreadSafeQueue, parked=ParkedTask)
    cpdef wait_to_get(self, Task task)
    @cython.locals(queue=ThreadSafeQueue, parked=ParkedTask)
    cpdef wait_to_put(self, Task task)

cdef class _TimedGet(Timed):
    cpdef attempt(self)
    cpdef park(self, Task task)

@cython.freelist(16)
cdef class _Put(Timed):
    cdef object v

    cpdef attempt(self)
    cpdef park(self, Task task)
