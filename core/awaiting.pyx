"""How C awaits a Wait or a Task, in place of their `__next__`: through the `am_send` slot, without a StopIteration.

Imported at the end of task.py, so that types that derive from Wait inherit the slot; one with an `__await__` or
`__anext__` of its own does not, and has to be given it.
"""

from .task cimport Task, Wait
from .task import PENDING

cdef extern from *:
    """
    typedef PyObject *(*twincore_attempt)(PyObject *);
    static twincore_attempt twincore_attempt_of_wait, twincore_attempt_of_task;
    static PyObject *twincore_pending;

    static PySendResult twincore_step(PyObject *self, PyObject *got, PyObject **result) {
        if (got == twincore_pending) {
            Py_DECREF(got);
            Py_INCREF(self);
            *result = self;
            return PYGEN_NEXT;
        }
        *result = got;
        return got == NULL ? PYGEN_ERROR : PYGEN_RETURN;
    }

    static PySendResult twincore_send_to_wait(PyObject *self, PyObject *Py_UNUSED(arg), PyObject **result) {
        return twincore_step(self, twincore_attempt_of_wait(self), result);
    }

    static PySendResult twincore_send_to_task(PyObject *self, PyObject *Py_UNUSED(arg), PyObject **result) {
        return twincore_step(self, twincore_attempt_of_task(self), result);
    }

    static void twincore_set_send(PyObject *cls, sendfunc send) {
        ((PyTypeObject *) cls)->tp_as_async->am_send = send;
        PyType_Modified((PyTypeObject *) cls);
    }

    static void twincore_set_send_to_wait(PyObject *cls) {
        twincore_set_send(cls, twincore_send_to_wait);
    }

    static int twincore_is_quick(PyObject *cls) {
        PyAsyncMethods *methods = ((PyTypeObject *) cls)->tp_as_async;
        return methods != NULL && methods->am_send == twincore_send_to_wait;
    }

    static void twincore_quicken(PyObject *wait, twincore_attempt of_wait,
                                 PyObject *task, twincore_attempt of_task, PyObject *pending) {
        twincore_attempt_of_wait = of_wait;
        twincore_attempt_of_task = of_task;
        twincore_pending = pending;
        twincore_set_send(wait, twincore_send_to_wait);
        twincore_set_send(task, twincore_send_to_task);
    }
    """
    ctypedef object (*twincore_attempt)(object)
    void twincore_set_send_to_wait(object cls)
    bint twincore_is_quick(object cls)
    void twincore_quicken(object wait, twincore_attempt of_wait, object task, twincore_attempt of_task, object pending)


cdef object _attempt(object awaited):
    """As Wait.__next__, where the base's own method is overridden by a class written in Python, too."""
    return (<Wait> awaited).attempt()


cdef object _attempt_task(object awaited):
    """As Task.__next__: PENDING while it runs, then its result or its exception."""
    cdef Task task = <Task> awaited
    if task.coro is not None:
        return PENDING
    task.state = False
    data = task.data
    if isinstance(data, StopIteration):
        return data.value
    raise data


twincore_quicken(Wait, _attempt, Task, _attempt_task, PENDING)


def quicken(cls):
    """Give the slot to `cls`, a compiled type derived from Wait that has async methods of its own."""
    if not issubclass(cls, Wait) or cls.__flags__ & (1 << 9):  # a class made by a class statement keeps its slots
        raise TypeError("only compiled types that derive from Wait can be quickened, not " + repr(cls))
    twincore_set_send_to_wait(cls)


def is_quick(cls):
    """Whether C awaits instances of `cls` in this way."""
    return twincore_is_quick(cls)
