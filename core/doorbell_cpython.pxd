import cython
from .cell cimport Cell
from .native cimport Ring

cdef class Doorbell:
    cdef Ring _rung
    cdef bint _asleep
    cdef object _lock
    cdef bint _in_poll
    cdef int _reading
    cdef int _writing

    cpdef ring(self, Cell cell)
    cpdef wake(self)
    @cython.locals(rung=Ring, count=Py_ssize_t, cell=Cell)
    cpdef answer(self)
    cpdef bint has_rung(self)
    cpdef sleep(self, long long timeout)
    cpdef sleep_in(self, poll, long long timeout)
