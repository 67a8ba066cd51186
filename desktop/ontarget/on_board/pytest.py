"""The part of pytest that test files may use on a target. The host collects, selects, parametrizes and reports.

Names that are missing here are refused on the host, with the line: see `..collecting`. The tests of twincore itself use
it too, on MicroPython: see tests/harness.py. There the host looks after marks, and `fixture` is for the host's.
"""

_import = __import__  # by another name: who reads a program for what it needs takes a computed import for anything
marked = []  # (function or class, (kind, whether it applies, reason, strict)): functions have no attributes here


class Failed(Exception):
    pass


class Skipped(Exception):
    pass


class XFailed(Exception):
    pass


def fail(reason="", pytrace=True):
    raise Failed(reason)


def skip(reason="", allow_module_level=False):
    raise Skipped(reason)


def xfail(reason=""):
    raise XFailed(reason)


def importorskip(name):
    try:
        return _import(name)
    except ImportError:
        raise Skipped("there is no " + name + " on this target") from None


class raises:
    def __init__(self, expected, *args, match=None):
        self.expected = expected
        self.pattern = match
        self.value = None
        if args:  # raises(Error, function, *args)
            with self:
                args[0](*args[1:])

    @property
    def type(self):
        return type(self.value)

    def match(self, pattern):
        import re

        text = str(self.value)
        if not re.search(pattern, text):
            raise AssertionError(f"{text!r} does not match {pattern!r}")
        return True

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        if value is None:
            raise Failed(f"DID NOT RAISE {self.expected!r}")
        if not isinstance(value, self.expected):
            return False
        self.value = value
        if self.pattern is not None:
            self.match(self.pattern)
        return True


def _unchanged(decorated):
    return decorated


def _decorator(*args, **kwargs):
    return args[0] if len(args) == 1 and callable(args[0]) and not kwargs else _unchanged


def _noting(kind):
    """The decorator `skip`, `skipif` or `xfail`, with or without arguments."""

    def mark(*conditions, reason="", strict=False, raises=None, run=True):
        if len(conditions) == 1 and callable(conditions[0]):  # without parentheses
            marked.append((conditions[0], (kind, True, reason, strict)))
            return conditions[0]
        if kind == "skip" and conditions:  # skip("reason")
            reason, conditions = conditions[0], ()
        for condition in conditions:
            if isinstance(condition, str):
                raise TypeError(kind + " takes a value here, not its text: " + condition)
        applies = not conditions or any(conditions)

        def decorate(decorated):
            marked.append((decorated, (kind, applies, reason, strict)))
            return decorated

        return decorate

    return mark


class _Marks:
    skip = staticmethod(_noting("skip"))
    skipif = staticmethod(_noting("skipif"))
    xfail = staticmethod(_noting("xfail"))

    def __getattr__(self, name):
        return _decorator


mark = _Marks()
fixture = _decorator


def param(*values, **options):
    return values
