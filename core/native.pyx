# cython: boundscheck=False, wraparound=False, cdivision=True
"""The C twin of native.py: see there for what each is and who may call it. The GIL makes each operation atomic."""

from threading import local

from cpython.ref cimport Py_INCREF, Py_DECREF, PyObject

cdef extern from "Python.h":
    unsigned long PyThread_get_thread_ident() noexcept
    ctypedef struct PyListObject:
        PyObject **ob_item

cdef extern from *:
    """
    #if defined(_MSC_VER)
    static __declspec(thread) PyObject *twincore_own = NULL;
    #else
    static __thread PyObject *twincore_own = NULL;
    #endif
    """
    PyObject *twincore_own

cdef extern from "time.h" nogil:
    ctypedef long time_t
    cdef struct timespec:
        time_t tv_sec
        long tv_nsec
    int clock_gettime(int clock, timespec *result) noexcept
    int CLOCK_MONOTONIC

from _thread import allocate_lock  # noqa: F401

MICROPYTHON = False
COMPILED = True


cpdef unsigned long ident() noexcept:
    return PyThread_get_thread_ident()


cdef class _Kept:
    """Keeps alive what `twincore_own` points to, for as long as the thread lives."""
    cdef object value

    def __cinit__(self, value):
        self.value = value

    def __dealloc__(self):
        global twincore_own
        if twincore_own == <PyObject *> self.value:
            twincore_own = NULL


_kept = local()


cpdef object own():
    """What the calling thread has set as its own, else None."""
    return None if twincore_own == NULL else <object> twincore_own


def set_own(value):
    """Keep `value` for the calling thread, until it ends."""
    global twincore_own
    _kept.value = _Kept(value)
    twincore_own = <PyObject *> value


def print_exception(exc, file):
    """Print `exc` with its traceback to `file`."""
    import traceback

    traceback.print_exception(type(exc), exc, exc.__traceback__, file=file)


def fence():
    """CPython orders the accesses of its threads itself."""


cdef enum:
    AGAIN = 32


cdef class Ring:
    """First in, first out; grows as needed. The slots are a list so that the garbage collector sees what is queued."""

    def __init__(self, Py_ssize_t size=16):
        cdef Py_ssize_t capacity = 16
        while capacity < size:
            capacity *= 2
        self._slots = [None] * capacity
        self._mask = capacity - 1
        self._head = 0
        self._count = 0

    cpdef int push(self, object item) except -1:
        while self._count > self._mask:
            self._grow()
        cdef PyObject **slot = (<PyListObject *> self._slots).ob_item + ((self._head + self._count) & self._mask)
        cdef PyObject *old = slot[0]
        Py_INCREF(item)
        slot[0] = <PyObject *> item
        self._count += 1
        Py_DECREF(<object> old)  # always None
        return 0

    cpdef int push_once(self, object item) except -1:
        """`push`, unless it is among the last AGAIN that are here already."""
        cdef PyObject **slots = (<PyListObject *> self._slots).ob_item
        cdef Py_ssize_t last = self._head + self._count
        cdef Py_ssize_t first = self._head if self._count < AGAIN else last - AGAIN
        while last > first:
            last -= 1
            if slots[last & self._mask] == <PyObject *> item:
                return 0
        return self.push(item)

    cpdef object pop(self):
        """The oldest item. Raises IndexError if there is none."""
        if self._count == 0:
            raise IndexError("pop from an empty ring")
        cdef PyObject **slot = (<PyListObject *> self._slots).ob_item + self._head
        item = <object> slot[0]
        Py_INCREF(None)
        slot[0] = <PyObject *> None
        Py_DECREF(item)  # the slot's reference; the caller has its own
        self._head = (self._head + 1) & self._mask
        self._count -= 1
        return item

    cpdef rotate(self, Py_ssize_t count):
        """Move the last `count` items to the front, as they are."""
        cdef PyObject **items = (<PyListObject *> self._slots).ob_item
        cdef PyObject *item
        cdef Py_ssize_t last
        while count:
            count -= 1
            last = (self._head + self._count - 1) & self._mask
            self._head = (self._head - 1) & self._mask
            item = items[self._head]  # free, or, in a full ring, that item itself
            items[self._head] = items[last]
            items[last] = item

    cpdef int reserve(self, Py_ssize_t count) except -1:
        """Nothing to do: it grows by itself."""
        return 0

    cdef int _grow(self) except -1:
        cdef Py_ssize_t i
        cdef Py_ssize_t size = len(self._slots)
        cdef list new = [None] * (2 * size)  # may collect garbage, whose finalizers, or another thread, push too
        if len(self._slots) != size:
            return 0  # and have grown it meanwhile
        for i in range(size):  # from here on nothing else runs
            new[i] = self._slots[(self._head + i) & self._mask]
        self._slots, new = new, self._slots
        self._head = 0
        self._mask = 2 * size - 1
        return 0

    def __len__(self):
        return self._count


cdef long long microseconds() noexcept:
    """Of the system's monotonic clock."""
    cdef timespec t
    clock_gettime(CLOCK_MONOTONIC, &t)
    return <long long> t.tv_sec * 1000000 + t.tv_nsec // 1000


cdef class Clock:
    """Microseconds of the system's monotonic clock."""

    cpdef long long now(self) except? -1:
        return microseconds()

    def rebase(self, by):
        raise NotImplementedError("64-bit times need no rebasing")

    cpdef sleep(self, loop, long long timeout):
        """Let `timeout` units pass (-1: no limit), in which `loop` has nothing to do unless something happens."""
        raise NotImplementedError

    cpdef hold(self):
        """Another context works for a task: a clock that jumps must not. `release` follows."""

    cpdef release(self):
        """It has ended."""
