"""The part of pytest that test files use at import and in their bodies, for MicroPython.

The host's pytest collects, selects, parametrizes and reports; here decorators do nothing.
"""


class Failed(Exception):
    pass


class Skipped(Exception):
    pass


def fail(reason="", pytrace=True):
    raise Failed(reason)


def skip(reason=""):
    raise Skipped(reason)


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


class _Marks:
    def __getattr__(self, name):
        return _decorator


mark = _Marks()
fixture = _decorator


def param(*values, **options):
    return values
