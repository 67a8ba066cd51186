from .task cimport Wait

cdef class SharedWait(Wait):
    pass

cpdef fair(wait, int weight=?)
