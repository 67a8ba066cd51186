from .shared cimport SharedWait

cdef class Cell(SharedWait):
    cdef public bint rung

    cpdef answer(self)
