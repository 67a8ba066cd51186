# cython: boundscheck=False, wraparound=False, cdivision=True
"""The C twin of parker_cpython.py: see there."""

from cpython.exc cimport PyErr_CheckSignals
from cpython.ref cimport Py_DECREF, Py_INCREF, PyObject

from .native cimport microseconds

cdef extern from "Python.h":
    ctypedef enum PyLockStatus:
        PY_LOCK_FAILURE
        PY_LOCK_ACQUIRED
        PY_LOCK_INTR
    PyThread_type_lock PyThread_allocate_lock() noexcept nogil
    void PyThread_free_lock(PyThread_type_lock lock) noexcept nogil
    PyLockStatus PyThread_acquire_lock_timed(PyThread_type_lock lock, long long microseconds, int intr) noexcept nogil
    void PyThread_release_lock(PyThread_type_lock lock) noexcept nogil

cdef long long LONGEST = 1000000 * 1000000  # µs in one sleep: above it some platforms overflow
cdef long long STREAM = 5  # µs: who sleeps no longer than that is in the middle of a stream
cdef long long PAUSE = 250  # µs between two hand-overs of a thread that does not sleep in a Parker itself

cdef extern from *:
    """
    #if defined(_MSC_VER)
    static __declspec(thread) long long twincore_handed_over = 0;
    static __declspec(thread) int twincore_keeping = 0;
    static __declspec(thread) PyObject *twincore_kept = NULL;
    #else
    static __thread long long twincore_handed_over = 0;
    static __thread int twincore_keeping = 0;
    static __thread PyObject *twincore_kept = NULL;
    #endif
    """
    long long twincore_handed_over  # when this thread last did, 0: it has slept since
    int twincore_keeping  # the next whom this thread lets go is kept back
    PyObject *twincore_kept  # the Parker that was, owned


cdef Parker take_kept():
    """The Parker that this thread has kept back, or None."""
    global twincore_keeping, twincore_kept
    cdef Parker parker
    twincore_keeping = 0
    if twincore_kept == NULL:
        return None
    parker = <Parker>twincore_kept
    Py_DECREF(parker)
    twincore_kept = NULL
    return parker


cpdef keep(bint one):
    global twincore_keeping
    twincore_keeping = one


cpdef let_go():
    cdef Parker parker = take_kept()
    if parker is not None:
        parker.unpark()


cdef class Parker:
    def __cinit__(self):
        self._lock = PyThread_allocate_lock()
        if self._lock == NULL:
            raise MemoryError
        PyThread_acquire_lock_timed(self._lock, 0, 0)
        self._taken = True

    def __dealloc__(self):
        if self._lock != NULL:
            if self._taken:
                PyThread_release_lock(self._lock)
            PyThread_free_lock(self._lock)

    cpdef park(self, long long timeout):
        global twincore_handed_over
        cdef PyLockStatus status
        cdef PyThread_type_lock other = NULL
        cdef Parker kept = take_kept()
        cdef long long left = timeout
        if left > LONGEST:
            left = LONGEST
        status = PyThread_acquire_lock_timed(self._lock, 0, 0)
        if status != PY_LOCK_ACQUIRED and left != 0:
            twincore_handed_over = 0
            self._since = microseconds()
            if kept is not None and kept._taken:
                kept._taken = False
                other = kept._lock
            while True:
                with nogil:
                    if other != NULL:
                        PyThread_release_lock(other)
                        other = NULL
                    status = PyThread_acquire_lock_timed(self._lock, left, 1)
                if status != PY_LOCK_INTR:
                    break
                PyErr_CheckSignals()  # runs the handlers, which may raise
                if timeout >= 0:
                    left = self._since + timeout - microseconds()
                    if left < 0:
                        left = 0
                    elif left > LONGEST:
                        left = LONGEST
        elif kept is not None:
            kept.unpark()
        if status == PY_LOCK_ACQUIRED:
            self._taken = True

    cpdef unpark(self):
        global twincore_handed_over, twincore_keeping, twincore_kept
        if not self._taken:
            return  # another context has just done it
        if twincore_keeping:
            twincore_keeping = 0
            if twincore_kept == NULL:
                Py_INCREF(self)
                twincore_kept = <PyObject *>self
                return
        self._taken = False
        cdef long long now = microseconds()
        if now - self._since > STREAM and (not twincore_handed_over or now - twincore_handed_over > PAUSE):
            twincore_handed_over = now
            Py_INCREF(self)  # who is let go may end, and with it the last that keeps this
            with nogil:
                PyThread_release_lock(self._lock)
            Py_DECREF(self)
        else:
            PyThread_release_lock(self._lock)

    cpdef parked_elsewhere(self):
        global twincore_handed_over
        twincore_handed_over = 0
        let_go()
