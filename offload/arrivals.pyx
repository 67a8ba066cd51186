# cython: cdivision=True
"""The C twin of arrivals.py: see there."""

import cython

from ..core.shared import TURN
from ..core.sleep import sleep

cdef extern from *:
    """
    static void twincore_send_by(PyObject *cls, PySendResult (*send)(PyObject *, PyObject *, PyObject **)) {
        ((PyTypeObject *) cls)->tp_as_async->am_send = send;
        PyType_Modified((PyTypeObject *) cls);
    }

    static void twincore_same_anext(PyObject *cls, PyObject *base) {
        ((PyTypeObject *) cls)->tp_as_async->am_anext = ((PyTypeObject *) base)->tp_as_async->am_anext;
    }

    static PyObject *twincore_failed(void) {
        return NULL;
    }
    """
    ctypedef enum PySendResult:
        PYGEN_RETURN
        PYGEN_ERROR
        PYGEN_NEXT
    ctypedef struct PyObject:
        pass
    void Py_DECREF(object)
    Py_ssize_t PyObject_Size(object)
    PyObject *PyObject_CallNoArgs(object)
    PyObject *PyObject_CallMethodNoArgs(object, object)
    PySendResult PyIter_Send(object, object, PyObject **)
    int PyErr_ExceptionMatches(object)
    void PyErr_Clear()
    void PyErr_SetString(object, const char *)
    void twincore_send_by(object cls, PySendResult (*send)(object, object, PyObject **) noexcept)
    void twincore_same_anext(object cls, object base)
    object twincore_failed()

cdef Py_ssize_t _turn = TURN


cdef class Arrivals:
    cdef readonly object here
    cdef object _pop

    def __init__(self, here):
        self.here = here
        self._pop = here.pop

    def __aiter__(self):
        return self

    def __anext__(self):
        cdef Step step = Step.__new__(Step)
        step.arrivals = self
        return step

    async def _later(self):
        here = self.here
        if here:
            await sleep(0)
        while True:
            try:
                return here.pop()
            except IndexError:
                pass
            if not await self._fill():
                raise StopAsyncIteration


@cython.final
@cython.freelist(16)
cdef class Step:
    """What `__anext__` returns, which can do what a coroutine can: it is one, `further`, if the item is not there."""
    cdef Arrivals arrivals  # until it begins
    cdef object further

    def __await__(self):
        return self

    def __next__(self):
        return self.send(None)

    def send(self, value):
        cdef PyObject *result = NULL
        how = _send(self, value, &result)
        if how == PYGEN_ERROR:
            return twincore_failed()
        got = <object> result
        Py_DECREF(got)
        if how == PYGEN_RETURN:
            raise StopIteration(got)
        return got

    def throw(self, *exc):
        return self._begin().throw(*exc)

    def close(self):
        if self.further is None:
            self.arrivals = None
        else:
            self.further.close()

    cdef object _begin(self):
        if self.further is None:
            if self.arrivals is None:
                raise RuntimeError("cannot reuse already awaited coroutine")
            self.further = self.arrivals._later()
            self.arrivals = None
        return self.further


cdef PySendResult _send(object self, object value, PyObject **result) noexcept:
    """The slot `am_send`: nothing here may raise but as C does."""
    step = <Step> self
    cdef PyObject *got
    if step.further is None:
        arrivals = step.arrivals
        if arrivals is None:
            PyErr_SetString(RuntimeError, "cannot reuse already awaited coroutine")
            return PYGEN_ERROR
        step.arrivals = None
        if PyObject_Size(arrivals.here) % _turn:
            got = PyObject_CallNoArgs(arrivals._pop)
            if got != NULL:
                result[0] = got
                return PYGEN_RETURN
            if not PyErr_ExceptionMatches(IndexError):
                return PYGEN_ERROR
            PyErr_Clear()
        got = PyObject_CallMethodNoArgs(arrivals, "_later")
        if got == NULL:
            return PYGEN_ERROR
        step.further = <object> got
        Py_DECREF(step.further)
    return PyIter_Send(step.further, value, result)


twincore_send_by(Step, _send)


def quick(cls):
    """See the twin. The slot of a class made by a class statement would look the method up by name, each time."""
    if not issubclass(cls, Arrivals) or cls.__anext__ is not Arrivals.__anext__:
        raise TypeError("a subclass of Arrivals that has no __anext__ of its own is expected, not " + repr(cls))
    twincore_same_anext(cls, Arrivals)
    return cls
