import cython
from .native cimport ident
from .task cimport Task, Wait

cdef bint MICROPYTHON

@cython.freelist(64)
cdef class Sleep(Wait):
    cdef long long delay
    cdef bint fresh

cpdef units(seconds)
cpdef ms_units(ms)
cpdef sleep(t)
cpdef sleep_ms(t)
@cython.locals(it=Sleep)
cdef Sleep _sleep(long long delay)
cdef _own()
