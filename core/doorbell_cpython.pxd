import cython
from .cell cimport Cell
from .native cimport Ring
from .parker_cpython cimport Parker

cdef class Doorbell:
    cdef public Ring pending
    cdef readonly bint _asleep
    cdef Parker _parker
    cdef bint _in_poll
    cdef int _reading
    cdef int _writing

    cpdef ring(self, Cell cell)
    cpdef wake(self)
    cpdef signal(self)
    @cython.locals(rung=Ring, count=Py_ssize_t, cell=Cell)
    cpdef answer(self)
    cpdef sleep(self, long long timeout)
    @cython.locals(in_poll=bint)
    cpdef forked(self)
    cpdef sleep_in(self, poll, long long timeout)
