"""What error messages call an object. Any context."""


def describe(obj):
    """A short name of `obj` for an error message: a function's or class's own name, else its type's.

    MicroPython functions may have no `__name__`; then their repr is used.
    """
    return getattr(obj, "__name__", None) or "a " + type(obj).__name__
