"""What error messages and reprs call an object. Any context."""

from .lazy import load
from .native import MICROPYTHON


def describe(obj):
    """A short name of `obj` for an error message: a function's or class's own name, else its type's.

    MicroPython functions may have no `__name__`; then their repr is used.
    """
    return getattr(obj, "__name__", None) or "a " + type(obj).__name__


def task(it):
    """The repr of the Task `it`."""
    name = getattr(it, "name", None)
    what = describe(it.coro) if it.coro is not None else "done"
    if not MICROPYTHON:
        created = load("origins_cpython", "created_at")(it)
        if created:
            what += " " + created
    return "<Task " + (name + ": " + what if name else what) + ">"
