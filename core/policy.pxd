import cython
from .loop cimport Loop
from .native cimport Ring
from .task cimport Task

cdef bint MICROPYTHON

cdef class UrgentFirst:
    cdef Loop loop
    cdef public bint everything
    cdef public Py_ssize_t burst
    cdef Ring ring
    cdef Py_ssize_t room
    cdef long long looked

    @cython.locals(queue=Loop)
    cpdef arrive(self, Task task, bint urgent)
    cpdef bint waiting(self)
    @cython.locals(loop=Loop, ring=Ring, ready=Ring, now=cython.longlong, passed=cython.longlong, count=Py_ssize_t)
    cpdef turn(self)
