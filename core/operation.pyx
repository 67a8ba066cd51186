"""The C twin of operation.py: see there."""

from .cell cimport Cell
from .task cimport Task

cdef extern from *:
    """
    typedef PyObject *(*twincore_attempt)(PyObject *);
    static twincore_attempt twincore_attempt_of_operation;
    static PyObject *twincore_pending;

    static twincore_attempt twincore_attempt_of_task;

    /* A step of `await operation`: result or error of one attempt, without an exception that carries the result. */
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

    static PySendResult twincore_send(PyObject *self, PyObject *Py_UNUSED(arg), PyObject **result) {
        return twincore_step(self, twincore_attempt_of_operation(self), result);
    }

    static PySendResult twincore_send_to_task(PyObject *self, PyObject *Py_UNUSED(arg), PyObject **result) {
        return twincore_step(self, twincore_attempt_of_task(self), result);
    }

    static void twincore_accelerate_task(PyObject *cls, twincore_attempt function) {
        twincore_attempt_of_task = function;
        ((PyTypeObject *) cls)->tp_as_async->am_send = twincore_send_to_task;  /* it has methods of its own */
        PyType_Modified((PyTypeObject *) cls);
    }

    static PyAsyncMethods twincore_async_methods;

    static void twincore_accelerate(PyObject *cls) {
        PyTypeObject *type = (PyTypeObject *) cls;
        if (type->tp_as_async->am_anext != NULL) {  /* an iterator, too: its methods are its own */
            type->tp_as_async->am_send = twincore_send;
        } else {  /* they may be those of Operation */
            twincore_async_methods.am_await = type->tp_as_async->am_await;
            twincore_async_methods.am_send = twincore_send;
            type->tp_as_async = &twincore_async_methods;
        }
        PyType_Modified(type);
    }

    static void twincore_set_attempt(twincore_attempt function, PyObject *pending) {
        twincore_attempt_of_operation = function;
        twincore_pending = pending;
    }
    """
    ctypedef object (*twincore_attempt)(object)
    void twincore_accelerate(object cls)
    void twincore_accelerate_task(object cls, twincore_attempt function)
    void twincore_set_attempt(twincore_attempt function, object pending)


class _Pending:
    def __repr__(self):
        return "PENDING"


PENDING = _Pending()


cdef object _attempt(object operation):
    return (<Operation> operation).attempt()


cdef class Operation(Cell):
    """Base of awaitables that end with a value; see operation.py."""

    cpdef attempt(self):
        raise NotImplementedError

    def __await__(self):
        return self

    def __iter__(self):
        return self

    def __next__(self):
        result = self.attempt()
        if result is PENDING:
            return self
        raise StopIteration(result)


def accelerate(cls):
    """Have C await instances of `cls`, a compiled subclass of Operation."""
    if not issubclass(cls, Operation) or cls.__flags__ & (1 << 9):  # a class made by a class statement keeps its slots
        raise TypeError("only compiled subclasses of Operation can be accelerated")
    twincore_accelerate(cls)


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


twincore_set_attempt(_attempt, PENDING)
twincore_accelerate_task(Task, _attempt_task)
