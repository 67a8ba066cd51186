import cython
from .loop cimport Loop
from .native cimport ident, own
from .task cimport Task

cdef bint MICROPYTHON

cdef _mine()
@cython.locals(loop=Loop)
cpdef create_task(coro, name=?, context=?)
@cython.locals(loop=Loop)
cpdef current_task()
@cython.locals(loop=Loop)
cpdef running_loop()
