"""wrap: a whole object whose methods block, awaited: its calls are made on a worker, in order.

    async with offload.wrap(sqlite3.connect(path), worker=worker, wraps=("cursor", "execute")) as db:
        async for row in await db.execute("select * from log"):
            ...

| of the object | of what `wrap` returns |
|---|---|
| `obj.method(x)` | `await wrapped.method(x)`, with `.options(timeout=...)` as any job |
| `for item in obj` | `async for item in wrapped`, fetched in batches, see `iterate` |
| `with obj as it` | `async with wrapped as it`; `it` is wrapped too, `wrapped` itself if the object returns itself; see below |
| `obj.name`, listed in `attributes` | `wrapped.name`, read, or set, at once, by the calling thread |

None, numbers, texts and bytes are given as they are, not wrapped.
"""

from ..core.describing import describe
from ..core.lazy import above
from ..core.native import MICROPYTHON
from .iterating import iterate
from .worker import Worker


def wrap(obj, worker=None, attributes=(), wraps=(), batch=64):
    """`obj`, awaited. Tasks of any loop.

    `worker`: where the calls are made, a Worker if the object belongs to one thread; by default one of its own, which
    ends with `await unwrap(wrapped)` or the `async with` block, or on CPython when what `wrap` gave, with all that was
    wrapped by it, is dropped. `attributes`: names of what is read and set at once, as
    nothing there blocks. `wraps`: names of methods whose result is wrapped too, for the same worker. `batch`: see iterate.
    TypeError for names that are one text; ValueError for a pool that makes its calls in other processes.
    """
    for names in (attributes, wraps):
        if isinstance(names, str):  # of which every part would count as a name
            raise TypeError("names are a tuple or a list, not the text " + repr(names) + "; write (" + repr(names) + ",)")
    own = worker is None
    wrapped = Wrapped(obj, Worker(describe(type(obj))) if own else worker, attributes, wraps, batch, own)
    if not MICROPYTHON:
        above("offload.owner_cpython", "look_after")(wrapped)
    return wrapped


async def unwrap(wrapped, timeout=None):
    """End the worker that `wrap` made, if it did, and return the object."""
    worker, own = wrapped._worker
    if own:
        await worker.close(timeout)
    return wrapped._obj


_PLAIN = (type(None), int, float, str, bytes)


class Wrapped:
    """See `wrap`. What is no method and not in `attributes` raises AttributeError."""

    def __class_getitem__(cls, item):  # in an annotation
        return cls

    def __init__(self, obj, worker, attributes, wraps, batch, own):
        for name, value in (
            ("_obj", obj), ("_worker", (worker, own)), ("_attributes", attributes), ("_wraps", wraps), ("_batch", batch),
        ):
            object.__setattr__(self, name, value)

    def __getattr__(self, name):
        if name == "_obj":  # not there yet: it is being copied
            raise AttributeError(name)
        obj = self._obj
        if name in self._attributes:
            return getattr(obj, name)
        found = getattr(type(obj), name, None)
        if found is None:
            found = getattr(obj, name)  # of the object itself, or AttributeError
        if not callable(found):
            raise AttributeError(
                name + " of " + describe(type(obj)) + " is no method; say wrap(obj, attributes=(" + repr(name)
                + ",)) if to read it blocks nothing"
            )
        return _Method(self, name)

    def __setattr__(self, name, value):
        if name not in self._attributes:
            raise AttributeError(name + " is not in the attributes that wrap was told of")
        setattr(self._obj, name, value)

    def __aiter__(self):
        iteration = iterate(self._obj, batch=self._batch, pool=self._worker[0])
        iteration.keeps = self
        return iteration

    async def __aenter__(self):
        obj = self._obj
        worker, own = self._worker

        def leave(entered, error):
            if error is None:  # there will be no block
                type(obj).__exit__(obj, None, None, None)

        try:
            entered = await worker.assign(type(obj).__enter__, obj).options(on_cancel="wait", dropped=leave)
        except BaseException:
            if own:
                worker.shut()
            raise
        return self if entered is obj else self._like(entered)

    async def __aexit__(self, exc_type, exc, tb):
        obj = self._obj
        worker, own = self._worker
        try:
            return await worker.assign(type(obj).__exit__, obj, exc_type, exc, tb).options(on_cancel="wait")
        finally:
            if own:
                await worker.close()

    def __repr__(self):
        return "<wrapped " + repr(self._obj) + ">"

    def _like(self, obj):
        if isinstance(obj, _PLAIN):
            return obj
        wrapped = Wrapped(obj, self._worker[0], self._attributes, self._wraps, self._batch, False)
        object.__setattr__(wrapped, "_keeps", self)  # whose worker it is
        return wrapped


class _Method:
    """A method of a wrapped object."""

    def __init__(self, wrapped, name):
        self.wrapped = wrapped
        self.name = name

    def __call__(self, *args, **kwargs):
        wrapped = self.wrapped
        method = getattr(wrapped._obj, self.name)
        if self.name in wrapped._wraps:
            return wrapped._worker[0].assign(_wrapping, wrapped, method, args, kwargs)
        return wrapped._worker[0].assign(method, *args, **kwargs)


def _wrapping(wrapped, method, args, kwargs):
    result = method(*args, **kwargs)
    return wrapped if result is wrapped._obj else wrapped._like(result)
