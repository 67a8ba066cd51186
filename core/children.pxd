import cython
from .loop cimport Loop
from .task cimport Task, Wait

cdef object PENDING

cdef class Gathering(Wait):
    cdef bint return_exceptions
    cdef Task waiter
    cdef public object error
    cdef Py_ssize_t left
    cdef list tasks

    cpdef attempt(self)
    cdef look_at(self, Task task)
    @cython.locals(waiter=Task)
    cpdef child_done(self, Task task)
    cpdef park(self, Task task)
    cpdef bint unpark(self, Task task) except -1
    @cython.locals(task=Task)
    cpdef leave(self, bint cancel)
    @cython.locals(task=Task, results=list)
    cpdef list outcomes(self)

@cython.locals(loop=Loop, tasks=list)
cpdef list promote_all(aws)
