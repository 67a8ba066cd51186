"""The C twin of sleep.py: see there. Small objects of C that hand their end to the coroutine without an exception."""

import cython
from .task cimport RunQueue, Task, Wait
from .times cimport ms_units, units

cdef extern from *:
    """
    typedef PyObject *(*twincore_next)(PyObject *);

    /* The `am_send` slot for a type whose tp_iternext ends without a value and without raising. */
    static PySendResult twincore_send_next(PyObject *self, PyObject *Py_UNUSED(arg), PyObject **result) {
        *result = Py_TYPE(self)->tp_iternext(self);
        if (*result != NULL)
            return PYGEN_NEXT;
        if (PyErr_Occurred())
            return PYGEN_ERROR;
        Py_INCREF(Py_None);
        *result = Py_None;
        return PYGEN_RETURN;
    }

    static void twincore_send_by_next(PyObject *cls) {
        ((PyTypeObject *) cls)->tp_as_async->am_send = twincore_send_next;
        PyType_Modified((PyTypeObject *) cls);
    }
    """
    void twincore_send_by_next(object cls)


@cython.final
@cython.freelist(256)
cdef class Turn:
    """Lets every other ready task run once."""
    cdef bint over

    def __await__(self):
        return self

    def __iter__(self):
        return self

    def __next__(self):
        if self.over:
            raise StopIteration
        self.over = True
        return None


@cython.final
cdef class Sleep(Wait):
    """Wakes the task after `delay` clock units. For one await: then `delay` is -1."""
    cdef long long delay

    cpdef park(self, Task task):
        cdef RunQueue queue = task.queue
        queue.timers.push(task, queue.clock.now() + self.delay)
        self.delay = -1

    cpdef bint unpark(self, Task task) except -1:
        task.queue.timers.remove(task)
        return True

    cpdef expire(self, Task task):
        task.queue.wake(task)

    def __await__(self):
        return self

    def __iter__(self):
        return self

    def __next__(self):
        if self.delay > 0:
            return self
        raise StopIteration


twincore_send_by_next(Turn)
twincore_send_by_next(Sleep)


cdef object _wrap = None


def wrap_with(fn):
    """Give out `fn(awaitable)` from now on, None: the awaitable itself. For desktop.debug."""
    global _wrap
    _wrap = fn


def sleep(t):
    """Let other tasks run for `t` seconds (a float or an int; 0 or less: once round the ready tasks)."""
    if t == 0 and _wrap is None:
        return Turn.__new__(Turn)
    return sleep_units(units(t))


def sleep_ms(t):
    """Let other tasks run for `t` milliseconds; 0 or less: once round the ready tasks."""
    return sleep_units(ms_units(t))


def sleep_units(long long delay):
    cdef Sleep it
    if _wrap is not None:
        return _wrapped(delay)
    if delay <= 0:
        return Turn.__new__(Turn)
    it = Sleep.__new__(Sleep)
    it.delay = delay
    return it


cdef _wrapped(long long delay):
    global _wrap
    wrap = _wrap
    _wrap = None
    try:
        return wrap(sleep_units(delay))
    finally:
        _wrap = wrap
