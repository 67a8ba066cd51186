from libc.stdint cimport uint32_t

cdef class Timer:
    cdef public long long when
    cdef public Py_ssize_t slot

    cpdef expire(self)
    cpdef bint has_patience(self) except -1

cdef struct Entry:
    long long when
    uint32_t order
    uint32_t slot

cdef class TimerHeap:
    cdef readonly long long due
    cdef Entry *entries
    cdef Py_ssize_t count
    cdef Py_ssize_t room
    cdef list timers
    cdef uint32_t *orders
    cdef Py_ssize_t slots
    cdef uint32_t *free
    cdef Py_ssize_t unused
    cdef public uint32_t arrivals
    cdef public uint32_t settled

    cpdef push(self, Timer timer, long long when)
    cpdef Timer pop(self)
    cpdef remove(self, Timer timer)
    cpdef expire(self, long long now, bint fresh=?)
    cdef int add_slot(self) except -1
    cdef int make_room(self) except -1
    cdef bint is_fresh(self, Entry *entry) noexcept
    cdef bint is_stale(self, Entry *entry) noexcept
    cdef void rise(self, Py_ssize_t at, Entry entry) noexcept
    cdef void sink(self, Py_ssize_t at, Entry entry) noexcept
    cdef void drop_first(self) noexcept
    cdef void tidy(self) noexcept
