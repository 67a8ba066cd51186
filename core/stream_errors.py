"""What a stream that has ended, or was closed, raises."""

from errno import EBADF


class IncompleteReadError(EOFError):
    """The stream ended first. `partial` is what had come; `expected` how many bytes were asked for, None: a separator."""

    def __init__(self, partial, expected):
        super().__init__("the stream ended after " + str(len(partial)) + " bytes of what was asked for")
        self.partial = partial
        self.expected = expected


def closed_error():
    """What reading, writing, or waiting for a closed stream raises."""
    return OSError(EBADF, "the stream is closed")


class _Closed:
    """Stands for the raw stream once that is closed."""

    eager = False

    def read(self, *args):
        raise closed_error()

    readinto = readline = write = read


CLOSED = _Closed()
