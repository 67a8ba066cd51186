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
    cdef public Py_ssize_t count
    cdef bint owed

    @cython.locals(queue=Loop)
    cpdef arrive(self, Task task, bint urgent)
    cpdef bint waiting(self)
    @cython.locals(loop=Loop, ring=Ring, passed=cython.longlong, count=Py_ssize_t)
    cpdef choose(self)
