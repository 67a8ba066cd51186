"""The C twin of step.py: see there.

A context of its own costs a task a third of its switch, and few tasks change a variable. So the tasks of a loop share
one context, the base, for as long as nobody changes it. A context holds its variables in an immutable tree: whether a
step changed one shows in a pointer. Then the context that was changed becomes that task's own, with the tokens that it
gave out, and the others go on in a copy that was made before. That pointer is no part of Python's API: its place is
checked when this is imported, and where it is elsewhere each task has a context of its own from the start.
"""

from contextvars import ContextVar

from cpython.contextvars cimport PyContext_CheckExact, PyContext_CopyCurrent, PyContext_Enter, PyContext_Exit
from .task cimport Task, Wait

cdef extern from *:
    """
    #if defined(_MSC_VER)
    #define TWINCORE_THREAD __declspec(thread)
    #else
    #define TWINCORE_THREAD __thread
    #endif

    /* The first fields of a Context, as CPython 3.10 to 3.14 have them; `twincore_tracks` is set once that was checked. */
    typedef struct {
        PyObject_HEAD
        PyObject *prev, *vars, *weakrefs;
        int entered;
    } twincore_context;

    static int twincore_tracks = 0;
    static TWINCORE_THREAD PyObject *twincore_running = NULL;  /* the Contexts of the loop that this thread runs */
    static PyObject *twincore_nothing;  /* the StopIteration of every coroutine that returned None */
    static PyObject *(*twincore_changed)(PyObject *coro, PyObject *got);

    static CYTHON_INLINE PyObject *twincore_vars(PyObject *context) {
        return context != NULL && twincore_tracks ? ((twincore_context *) context)->vars : NULL;
    }

    static CYTHON_INLINE PyObject *twincore_here(void) {
        return PyThreadState_Get()->context;
    }

    /* `got` is what the step gave, NULL if it raised. The variables of the context it ran in are not what they were. */
    static PyObject *twincore_after_change(PyObject *coro, PyObject *got) {
        PyObject *type, *value, *trace, *result;
        if (got != NULL) {
            result = twincore_changed(coro, got);
            Py_DECREF(got);
            return result;
        }
        PyErr_Fetch(&type, &value, &trace);
        result = twincore_changed(coro, Py_None);
        Py_XDECREF(result);
        if (result == NULL)
            PyErr_Clear();
        PyErr_Restore(type, value, trace);
        return NULL;
    }

    /* One step of a coroutine, without the cost of a method call, and of an exception when it only yields. */
    static CYTHON_INLINE PyObject *twincore_resume(PyObject *coro) {
        PyObject *result = NULL, *value;
        PyObject *context = twincore_here();
        PyObject *vars = twincore_vars(context);
        switch (PyIter_Send(coro, Py_None, &result)) {
            case PYGEN_NEXT:
                break;
            case PYGEN_RETURN:  /* not raised, which costs ten times as much; a coroutine yields no such thing */
                value = result;
                if (value == Py_None) {
                    Py_INCREF(twincore_nothing);
                    result = twincore_nothing;
                    Py_DECREF(value);
                    break;
                }
                result = PyObject_CallFunctionObjArgs(PyExc_StopIteration, value, NULL);
                Py_DECREF(value);
                break;
            default:
                result = NULL;
        }
        if (twincore_vars(context) != vars)
            return twincore_after_change(coro, result);
        return result;
    }

    static PyObject *twincore_throw(PyObject *coro, PyObject *exc) {
        PyObject *context = twincore_here();
        PyObject *vars = twincore_vars(context);
        PyObject *result = PyObject_CallMethod(coro, "throw", "O", exc);
        if (twincore_vars(context) != vars)
            return twincore_after_change(coro, result);
        return result;
    }

    /* A step of an InContext. */
    static PySendResult twincore_send_in(PyObject *coro, PyObject *context, PyObject *arg, PyObject **result) {
        PySendResult how;
        PyObject *type, *value, *trace;
        *result = NULL;
        if (PyContext_Enter(context) < 0)
            return PYGEN_ERROR;
        how = PyIter_Send(coro, arg, result);
        if (how != PYGEN_ERROR) {
            if (PyContext_Exit(context) == 0)
                return how;
            Py_CLEAR(*result);
            return PYGEN_ERROR;
        }
        PyErr_Fetch(&type, &value, &trace);
        if (PyContext_Exit(context) < 0)
            PyErr_Clear();
        PyErr_Restore(type, value, trace);
        return PYGEN_ERROR;
    }

    static PySendResult (*twincore_in_context_send)(PyObject *self, PyObject *arg, PyObject **result);

    static void twincore_send_by(PyObject *cls, PySendResult (*send)(PyObject *, PyObject *, PyObject **)) {
        ((PyTypeObject *) cls)->tp_as_async->am_send = send;
        PyType_Modified((PyTypeObject *) cls);
    }
    """
    ctypedef enum PySendResult:
        pass
    ctypedef struct PyObject:
        pass
    int twincore_tracks
    PyObject *twincore_running
    PyObject *twincore_nothing
    object (*twincore_changed)(object coro, object got)
    PyObject *twincore_vars(PyObject *context)
    PyObject *twincore_here()
    object twincore_resume(object coro)
    object twincore_throw(object coro, object exc)
    PySendResult twincore_send_in(object coro, object context, object arg, PyObject **result) noexcept
    void twincore_send_by(object cls, PySendResult (*send)(object, object, PyObject **) noexcept)
    bint PyCoro_CheckExact(object obj)
    Py_ssize_t _CONTEXT_SIZE "sizeof(twincore_context)"


cpdef bint runnable(object obj) except -1:
    """Whether `obj` takes steps, as a coroutine does."""
    return PyCoro_CheckExact(obj) or hasattr(obj, "send")


cpdef object resume(object coro):
    return twincore_resume(coro)


cpdef object throw(object coro, object exc):
    """Raise `exc` in `coro` where it waits; returns what it waits for next."""
    return twincore_throw(coro, exc)


cdef class InContext:
    """A coroutine that takes its steps in `context`. What else it is asked is answered by the coroutine."""

    def __cinit__(self, coro, context):
        if not PyContext_CheckExact(context):
            raise TypeError("a contextvars.Context is expected, not " + repr(context))
        self.coro = coro
        self.context = context

    def send(self, value):
        return self.context.run(self.coro.send, value)

    def throw(self, *exc):
        return self.context.run(self.coro.throw, *exc)

    def close(self):
        return self.context.run(self.coro.close)

    def __await__(self):  # for its slot, beside which twincore_send_by sets am_send
        return self

    def __next__(self):
        return self.send(None)

    def __getattr__(self, name):
        return getattr(self.coro, name)


cdef PySendResult _send(object self, object arg, PyObject **result) noexcept:
    it = <InContext> self
    return twincore_send_in(it.coro, it.context, arg, result)


cdef class Contexts:
    """The contexts of one loop's tasks."""

    def __cinit__(self):
        self.base = PyContext_CopyCurrent()  # what tasks without a context of their own run in
        self.spare = PyContext_CopyCurrent()  # as the base was before any task touched it

    cpdef object own(self, object coro, object context):
        """What the scheduler is to run for `coro` in `context`, None: a copy of the caller's."""
        if context is None:
            if twincore_here() == NULL:
                PyContext_CopyCurrent()  # gives the thread its first
            if twincore_tracks and twincore_vars(twincore_here()) == twincore_vars(<PyObject *> self.spare):
                return coro
            context = PyContext_CopyCurrent()
        return InContext(coro, context)

    cpdef enter(self):
        """The loop begins to run."""
        global twincore_running
        self.outer = None if twincore_running == NULL else <Contexts> twincore_running
        PyContext_Enter(self.base)
        twincore_running = <PyObject *> self

    cpdef leave(self):
        """It has ended its run."""
        global twincore_running
        twincore_running = NULL if self.outer is None else <PyObject *> self.outer
        self.outer = None
        PyContext_Exit(self.base)

    cdef object move(self):
        """Let the loop go on in the spare; returns the context that was the base."""
        changed = self.base
        spare = self.spare
        self.spare = spare.copy()
        PyContext_Exit(changed)
        PyContext_Enter(spare)
        self.base = spare
        return changed


cdef object _changed(object coro, object got):
    """A step of `coro` changed a variable of the context that it ran in: see `twincore_after_change`."""
    if twincore_running == NULL or isinstance(coro, InContext):
        return got
    cdef Contexts contexts = <Contexts> twincore_running
    if <PyObject *> contexts.base != twincore_here():
        return got
    changed = contexts.move()
    if isinstance(got, StopIteration):
        return got
    cdef Moved moved = Moved.__new__(Moved)
    moved.got = got
    moved.context = changed
    return moved


cdef class Moved(Wait):
    """Yielded in place of `got` by a task that has a context of its own from now on."""

    cpdef park(self, Task task):
        task.coro = InContext(task.coro, self.context)
        if self.got is None:
            task.queue.wake(task)
        else:
            task.queue.park(task, self.got)


cdef _check_layout():
    """Set `twincore_tracks` if a Context has its fields where `twincore_context` says."""
    global twincore_tracks
    context = PyContext_CopyCurrent()
    if type(context).__basicsize__ != _CONTEXT_SIZE:
        return
    twincore_tracks = 1
    cdef PyObject *before = twincore_vars(<PyObject *> context)
    kept = context.copy()
    context.run(ContextVar("twincore").set, 1)
    cdef PyObject *after = twincore_vars(<PyObject *> context)
    changed = context.copy()
    if before == NULL or before == after or before != twincore_vars(<PyObject *> kept):
        twincore_tracks = 0
    elif after != twincore_vars(<PyObject *> changed):
        twincore_tracks = 0


_nothing = StopIteration()
twincore_nothing = <PyObject *> _nothing
twincore_changed = _changed
twincore_send_by(InContext, _send)
_check_layout()
