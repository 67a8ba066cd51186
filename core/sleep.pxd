import cython
from .task cimport Task, Wait

cdef bint MICROPYTHON

@cython.freelist(64)
cdef class Sleep(Wait):
    cdef long long delay

cpdef units(seconds)
cpdef ms_units(ms)
cpdef sleep(t)
cpdef sleep_ms(t)
@cython.locals(it=Sleep)
cdef Sleep _sleep(long long delay)
