from .task cimport Wait

cdef class Cell(Wait):
    cdef public bint rung

    cpdef answer(self)
