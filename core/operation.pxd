from .cell cimport Cell

cdef class Operation(Cell):
    cpdef attempt(self)
