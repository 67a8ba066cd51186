"""What the code that `dialect` makes calls: awaiting what MicroPython awaits, its OSError, viper's casts.

They are among the builtins of an application, under the names in `NAMES`. None is seen in its tracebacks.
"""

from __future__ import annotations

import errno
from collections.abc import AsyncIterator, Awaitable, Generator, Iterator
from types import CoroutineType, GeneratorType, TracebackType, coroutine
from typing import TYPE_CHECKING, Any

from . import bytes_and_text, narrowing, viper

if TYPE_CHECKING:
    from .memory import Memory

CO_COROUTINE, CO_ITERABLE_COROUTINE = 0x80, 0x100  # of a code's flags: without the cost of importing inspect


class _Delegate:
    """Awaits what an iterator yields."""

    __slots__ = ("_iterator",)

    def __init__(self, iterator: Iterator[Any]) -> None:
        self._iterator = iterator

    def __await__(self) -> Iterator[Any]:
        return self._iterator


def awaitable(value: Any) -> Any:
    """What CPython awaits for MicroPython's `await value`: itself if it can be. TypeError if nothing can await it."""
    kind = type(value)
    if kind is CoroutineType or hasattr(kind, "__await__"):
        return value
    if kind is GeneratorType:
        return value if value.gi_code.co_flags & CO_ITERABLE_COROUTINE else _Delegate(value)
    made = _iter(value)
    return made if type(made) is CoroutineType else _Delegate(made)


def iterable(value: Any) -> Any:
    """What CPython can `yield from` for MicroPython's `yield from value`."""
    kind = type(value)
    if kind is GeneratorType:
        return value
    if kind is not CoroutineType:
        if not hasattr(kind, "__iter__") and hasattr(kind, "__await__"):
            return value.__await__()
        value = _iter(value)
    return value.__await__() if type(value) is CoroutineType else value


def _iter(value: Any) -> Any:
    """`iter(value)`, but for MicroPython a coroutine is an iterator too."""
    make = getattr(type(value), "__iter__", None)
    if make is None:
        try:
            return iter(value)
        except TypeError:
            raise TypeError(f"'{type(value).__name__}' object isn't iterable, and can't be awaited") from None
    made = make(value)
    return made if type(made) is CoroutineType else iter(made)


@coroutine
def yielded(value: Any) -> Generator[Any, Any, Any]:
    """`yield value` in an `async def`: to the scheduler, or to whoever drives the coroutine by hand."""
    return (yield value)


class _AsyncWith:
    """A context manager whose methods return what only MicroPython awaits."""

    def __init__(self, manager: Any) -> None:
        self._manager = manager

    def __aenter__(self) -> Awaitable[Any]:
        return awaitable(self._manager.__aenter__())  # type: ignore[no-any-return]

    def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> Awaitable[Any]:
        return awaitable(self._manager.__aexit__(kind, error, trace))  # type: ignore[no-any-return]


def async_with(manager: Any) -> Any:
    """What CPython can `async with` for MicroPython's."""
    kind = type(manager)
    if not hasattr(kind, "__aenter__") or not hasattr(kind, "__aexit__"):
        return manager  # CPython's own error names it
    return manager if _awaits(kind.__aenter__) and _awaits(kind.__aexit__) else _AsyncWith(manager)


class _AsyncFor:
    """An asynchronous iterator whose `__anext__` returns what only MicroPython awaits."""

    def __init__(self, source: Any) -> None:
        self._iterator = source.__aiter__()

    def __aiter__(self) -> AsyncIterator[Any]:
        return self

    def __anext__(self) -> Awaitable[Any]:
        return awaitable(self._iterator.__anext__())  # type: ignore[no-any-return]


def async_for(source: Any) -> Any:
    """What CPython can `async for` over for MicroPython's."""
    kind = type(source)
    if not hasattr(kind, "__aiter__"):
        return source
    return source if hasattr(kind, "__anext__") and _awaits(kind.__anext__) else _AsyncFor(source)


def aiter_of(source: Any) -> Any:
    """`source.__aiter__()`, for an `async for` that is spelled out."""
    return source.__aiter__()


def _awaits(method: Any) -> bool:
    """Whether it returns a coroutine for sure: an `async def`, or compiled."""
    code = getattr(method, "__code__", None)
    return code is None or bool(getattr(code, "co_flags", CO_COROUTINE) & CO_COROUTINE)


def os_error(number: int) -> OSError:
    """MicroPython's `OSError(number)`: the number is `errno` and `args[0]`, its text the symbol."""
    error = OSError(number)
    error.errno = number
    if number in errno.errorcode:
        error.strerror = errno.errorcode[number]
    return error


def make_os_error(kind: Any, argument: Any) -> Any:
    """`OSError(argument)` in an application; `kind` is what it means by that name."""
    if kind is not OSError:
        return kind(argument)
    if type(argument) is int:
        return os_error(argument)
    error = OSError(argument)
    error.errno = argument
    return error


def to_bytes(value: Any, *arguments: Any) -> Any:
    """`value.to_bytes(...)`, where a negative number is in two's complement, and big-endian if not said."""
    if len(arguments) == 1:
        arguments = (*arguments, "big")
    if type(value) is int and value < 0 and arguments:
        return value.to_bytes(*arguments, signed=True)
    return value.to_bytes(*arguments)


def const(value: Any) -> Any:
    return value


SIZES = {"B": 1, "H": 2, "i": 4}


def _pointer(format_code: str, memory: Memory) -> Any:
    def cast(value: Any) -> Any:
        if isinstance(value, int):
            try:
                value = memory.at(value)
            except ValueError:
                raise ValueError(
                    f"a pointer to the address {value:#x}: the simulated board has no memory there; give viper a buffer"
                ) from None
        view: Any = memoryview(value.encode() if isinstance(value, str) else value).cast("B")
        size = SIZES[format_code]
        return view[: len(view) // size * size].cast(format_code)

    return cast


NAMES = {
    "__await__": awaitable,
    "__iter__": iterable,
    "__yield__": yielded,
    "__async_with__": async_with,
    "__async_for__": async_for,
    "__aiter__": aiter_of,
    "__oserror__": make_os_error,
    "__to_bytes__": to_bytes,
    narrowing.NAME: narrowing.narrowed,
    "const": const,
    **bytes_and_text.NAMES,
    **viper.NAMES,
}


def pointers(memory: Memory) -> dict[str, Any]:
    """viper's casts: to pointers, of buffers, and of addresses that `uctypes.addressof` has given; and to words."""

    def number(value: Any) -> Any:
        return memory.address_of(value) if type(value) is memoryview else value

    casts = {name: _pointer(code, memory) for name, code in (("ptr8", "B"), ("ptr16", "H"), ("ptr32", "i"))}
    words = {"__int32__": lambda value: viper.int32(number(value)), "uint": lambda value: viper.uint(number(value))}
    return {**casts, **words}
