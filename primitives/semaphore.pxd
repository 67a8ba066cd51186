import cython
from ..core.task cimport Task, Wait
from .handing cimport HandingLine

cdef bint COMPILED
cdef object PENDING

cdef class Semaphore(HandingLine):
    cdef public Py_ssize_t _value

    cpdef release(self)
    cpdef hand_back(self)
    cpdef attempt(self)

cdef class BoundedSemaphore(Semaphore):
    cdef Py_ssize_t _bound

    cpdef release(self)

cdef class _Enter(Wait):
    cdef Semaphore _semaphore
    cdef bint _begun

    @cython.locals(semaphore=Semaphore)
    cpdef attempt(self)
    cpdef park(self, Task task)

cdef class _Done(Wait):
    cpdef attempt(self)
