# cython: boundscheck=False, wraparound=False, cdivision=True
"""The C twin of timers.py: see there. A heap of four children a node, whose entries carry what they are compared by.

An entry is 16 bytes, so four siblings share a cache line, and to move one touches no Timer. A Timer that is removed
leaves its entry behind, which is known by its order not being that of its slot any more; such entries go when they come
to the top, or all at once when they are half of the heap.
"""

from cpython.mem cimport PyMem_Free, PyMem_Realloc
from libc.stdint cimport int32_t, uint32_t

cdef enum:
    FIRST_ROOM = 16
    FEW = 64  # stale entries that are no burden


cdef class Timer:
    """Something due at a time. `when` is in the clock's units, `slot` its place in the heap (-1: in none)."""

    def __cinit__(self):
        self.slot = -1

    cpdef expire(self):
        """The scheduler calls this when the time has come."""
        raise NotImplementedError

    cpdef bint has_patience(self) except -1:
        """Whether it may expire a pass later, behind what was ready before it began."""
        return False


cdef inline bint before(Entry a, Entry b) noexcept:
    return a.when < b.when or (a.when == b.when and <int32_t> (a.order - b.order) < 0)  # the numbers may wrap


cdef class TimerHeap:
    """Timers by (`when`, order of arrival). A timer can be in one heap only. `due` is when the first is due, -1: none."""

    def __cinit__(self):
        self.due = -1
        self.timers = []  # slot: Timer, or None if the slot is free; here the garbage collector sees them

    def __dealloc__(self):
        PyMem_Free(self.entries)
        PyMem_Free(self.orders)
        PyMem_Free(self.free)

    cpdef push(self, Timer timer, long long when):
        """Add `timer`, due at `when`; at 0 if that is less."""
        cdef uint32_t slot
        cdef Entry entry
        if when < 0:
            when = 0
        if self.count == self.room:
            self.make_room()
        if not self.unused:
            self.add_slot()
        self.unused -= 1
        slot = self.free[self.unused]
        self.timers[slot] = timer
        self.orders[slot] = self.arrivals
        timer.slot = slot
        timer.when = when
        entry.when = when
        entry.order = self.arrivals
        entry.slot = slot
        self.arrivals += 1
        self.count += 1
        self.rise(self.count - 1, entry)
        self.due = self.entries[0].when

    cpdef Timer pop(self):
        """Take and return the timer that is due first. Raises IndexError if there is none."""
        if self.due < 0:
            raise IndexError("pop from an empty heap")
        cdef Timer timer = <Timer> self.timers[self.entries[0].slot]
        self.remove(timer)
        return timer

    cpdef remove(self, Timer timer):
        """Take `timer` out. It must be in this heap."""
        cdef Py_ssize_t slot = timer.slot
        if slot < 0 or slot >= self.slots or self.timers[slot] is not timer:
            raise ValueError("this timer is in no heap, or in another")
        timer.slot = -1
        self.orders[slot] = self.arrivals  # none that an entry has: its entry is stale now
        self.free[self.unused] = <uint32_t> slot
        self.unused += 1
        self.tidy()
        self.timers[slot] = None  # last: what this frees may run code

    cpdef expire(self, long long now, bint fresh=True):
        """Take out what is due at `now` and call its `expire()`, in order.

        If not `fresh`, up to the first that has patience and has not settled.
        """
        cdef Timer timer
        while 0 <= self.due <= now:
            timer = <Timer> self.timers[self.entries[0].slot]
            if not fresh and self.is_fresh(self.entries) and timer.has_patience():
                break
            self.remove(timer)
            timer.expire()

    def __len__(self):
        return self.slots - self.unused

    cdef int make_room(self) except -1:
        cdef Py_ssize_t room = self.room * 2 if self.room else FIRST_ROOM
        cdef void *entries = PyMem_Realloc(self.entries, room * sizeof(Entry))
        if entries == NULL:
            raise MemoryError("no memory for another timer")
        self.entries = <Entry *> entries
        self.room = room
        return 0

    cdef int add_slot(self) except -1:
        """Every slot is in use: make as many more."""
        cdef Py_ssize_t slots = self.slots * 2 if self.slots else FIRST_ROOM
        cdef void *orders
        cdef void *free
        cdef Py_ssize_t slot
        if slots > 0xFFFFFFFF:
            raise OverflowError("too many timers")
        orders = PyMem_Realloc(self.orders, slots * sizeof(uint32_t))
        if orders != NULL:
            self.orders = <uint32_t *> orders
        free = PyMem_Realloc(self.free, slots * sizeof(uint32_t))
        if free != NULL:
            self.free = <uint32_t *> free
        if orders == NULL or free == NULL:
            raise MemoryError("no memory for another timer")
        self.timers.extend([None] * (slots - self.slots))
        for slot in range(slots - 1, self.slots - 1, -1):
            self.free[self.unused] = <uint32_t> slot
            self.unused += 1
        self.slots = slots
        return 0

    cdef bint is_fresh(self, Entry *entry) noexcept:
        return <uint32_t> (entry.order - self.settled) < <uint32_t> (self.arrivals - self.settled)  # the numbers may wrap

    cdef bint is_stale(self, Entry *entry) noexcept:
        return self.orders[entry.slot] != entry.order

    cdef void rise(self, Py_ssize_t at, Entry entry) noexcept:
        """Put `entry` in at the free place `at`, or above it if it is due before its parents."""
        cdef Entry *entries = self.entries
        cdef Py_ssize_t up
        while at > 0:
            up = (at - 1) >> 2
            if not before(entry, entries[up]):
                break
            entries[at] = entries[up]
            at = up
        entries[at] = entry

    cdef void sink(self, Py_ssize_t at, Entry entry) noexcept:
        """Put `entry` in at the free place `at`, or below it."""
        cdef Entry *entries = self.entries
        cdef Py_ssize_t child, least, end
        while True:
            least = 4 * at + 1
            if least >= self.count:
                break
            end = min(least + 4, self.count)
            for child in range(least + 1, end):
                if before(entries[child], entries[least]):
                    least = child
            if not before(entries[least], entry):
                break
            entries[at] = entries[least]
            at = least
        entries[at] = entry

    cdef void drop_first(self) noexcept:
        self.count -= 1
        if self.count:
            self.sink(0, self.entries[self.count])

    cdef void tidy(self) noexcept:
        """Have a live entry on top, and not too many stale ones below."""
        cdef Py_ssize_t live = self.slots - self.unused
        cdef Py_ssize_t i, kept = 0
        while self.count and self.is_stale(self.entries):
            self.drop_first()
        if self.count - live > FEW and self.count > 2 * live:
            for i in range(self.count):
                if not self.is_stale(self.entries + i):
                    self.entries[kept] = self.entries[i]
                    kept += 1
            self.count = kept
            for i in range((kept + 2) // 4, -1, -1):
                if i < kept:
                    self.sink(i, self.entries[i])
        self.due = self.entries[0].when if self.count else -1
