import cython
from ..core.cell cimport Cell
from ..core.doorbell_cpython cimport Doorbell
from ..core.native cimport ident
from ..core.parker_cpython cimport let_go
from ..core.task cimport Task

cdef object PENDING

cdef class Waiter(Cell):
    cdef public Doorbell bell

cdef class ParkedTask(Waiter):
    cdef public Task task
    cdef public object line
    cdef public bint notified
    cdef public bint expired
    cdef public object awaited

    @cython.locals(task=Task)
    cpdef answer(self)
    cpdef bint unpark(self, Task task) except -1
    cpdef expire(self, Task task)
    cpdef pass_on(self)
    @cython.locals(task=Task)
    cpdef try_now(self)

cdef class ParkedThread(Waiter):
    cdef public bint notified

    cpdef answer(self)

cdef class Sleeper:
    cdef Doorbell bell
    cdef object clock
    cdef public bint busy
    cdef public Sleeper nested
    cdef object line
    cdef ParkedThread parked
    cdef bint shared

    cpdef forked(self)

    @cython.locals(deadline=cython.longlong, left=cython.longlong, bell=Doorbell, parked=ParkedThread, used=bint)
    cpdef wait(self, line, attempt, long long timeout, released)
