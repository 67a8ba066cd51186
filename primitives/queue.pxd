import cython
from ..core.task cimport Task, Wait
from .handing cimport HandingLine

cdef bint COMPILED
cdef bint MICROPYTHON
cdef object PENDING

cdef class Queue:
    cdef public Py_ssize_t maxsize
    cdef public object _items
    cdef Py_ssize_t _head
    cdef public _Getters _getters
    cdef public _Putters _putters
    cdef object _joiners
    cdef public Py_ssize_t _unfinished
    cdef public bint _shut
    cdef object __weakref__

    cpdef _add(self, item)
    cpdef _take(self)
    cpdef bint empty(self) except -1
    cpdef bint full(self) except -1
    cpdef _check(self)
    cpdef _put(self, val)
    cpdef _get(self)

cdef class _Line(HandingLine):
    cdef public Queue owner
    cdef public Py_ssize_t handed

    cpdef bint hand(self) except -1
    cpdef fail_all(self)

cdef class _Getters(_Line):
    @cython.locals(owner=Queue)
    cpdef attempt(self)
    cpdef hand_back(self)

cdef class _Putters(_Line):
    cpdef hand_back(self)

cdef class _Put(Wait):
    cdef public Queue owner
    cdef public object val
    cdef public bint parked

    @cython.locals(owner=Queue)
    cpdef attempt(self)
    cpdef park(self, Task task)

cdef class LifoQueue(Queue):
    cpdef _add(self, item)
    cpdef _take(self)

cdef class PriorityQueue(Queue):
    cpdef _add(self, item)
    cpdef _take(self)
