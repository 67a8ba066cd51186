import cython
from ..core.native cimport Clock
from ..core.parker_cpython cimport let_go
from ..threadsafe.store cimport Store
from ..threadsafe.waitline_cpython cimport WaitLine
from .job cimport Job

cdef bint MICROPYTHON
cdef object PENDING

cdef class Slot:
    cdef Clock clock
    cdef public bint taken
    cdef public object thread
    cdef public Job job
    cdef public long long since
    cdef public long long done
    cdef public long long failed
    cdef public long long longest

    @cython.locals(took=cython.longlong)
    cpdef ended(self, error)

cdef class JobLine:
    cdef readonly Store jobs
    cdef readonly object after
    cdef readonly WaitLine idle
    cdef readonly WaitLine putters
    cdef public bint waking
    cdef readonly Py_ssize_t qsize
    cdef public object idle_time
    cdef readonly object limiter
    cdef readonly Clock clock

    cpdef begin(self)
    cpdef bint submit(self, job) except -1
    cpdef follow(self, job)
    cdef bint _some(self) except -1
    cdef _next(self)
    cdef _wake(self)
    @cython.locals(job=Job)
    cpdef serve_jobs(self, Slot slot)
    cpdef take(self)
    cpdef look(self)
    cpdef fail_queued(self, error)
    cpdef bint has_room(self)
    cpdef shut(self)
    cpdef bint closed(self)
