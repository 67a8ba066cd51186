"""What a value in an interrupt handler will be, found out without running anything of the application.

`isr_code` reads a function's instructions and makes a Value for each operand; when the instruction is about to run, the
Value is looked up in the running frame. What can't be had without side effects, a property, an operator of the
application's own classes, the result of a call, is UNKNOWN, and nothing is said about it.
"""

from __future__ import annotations

import operator
from array import array
from collections.abc import Callable, Mapping
from types import (
    BuiltinFunctionType,
    ClassMethodDescriptorType,
    FrameType,
    FunctionType,
    GetSetDescriptorType,
    MemberDescriptorType,
    MethodDescriptorType,
    ModuleType,
)
from typing import Any

UNKNOWN: Any = type("Unknown", (), {"__repr__": lambda self: "UNKNOWN"})()
HUGE = 1 << 64  # stands for an integer that is not worth computing
INDEXED = (list, tuple, bytes, bytearray, memoryview, dict, array)
ROUTINES = (FunctionType, MethodDescriptorType, ClassMethodDescriptorType, classmethod)
PLAIN_LOOKUPS = tuple(vars(kind)["__getattribute__"] for kind in (object, BaseException))
SYMBOLS: Mapping[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "&": operator.and_,
    "|": operator.or_,
    "^": operator.xor,
    "<<": operator.lshift,
    ">>": operator.rshift,
    "**": operator.pow,
}
UNARY: Mapping[str, Callable[[Any], Any]] = {
    "UNARY_NEGATIVE": operator.neg,
    "UNARY_POSITIVE": operator.pos,
    "UNARY_INVERT": operator.invert,
}


class Here:
    """A frame that is about to run an instruction; `bits`: integers from 1 << bits on are not small on the board."""

    __slots__ = ("bits", "builtins", "frame", "globals", "locals")

    def __init__(self, frame: FrameType, bits: int) -> None:
        self.frame = frame
        self.bits = bits
        self.locals = frame.f_locals
        self.globals = frame.f_globals
        self.builtins = frame.f_builtins


class Value:
    """An operand of which nothing is known."""

    def of(self, here: Here) -> Any:
        """The value there, or UNKNOWN."""
        return UNKNOWN


class Constant(Value):
    def __init__(self, value: Any) -> None:
        self.value = value

    def of(self, here: Here) -> Any:
        return self.value


class Local(Value):
    def __init__(self, name: str) -> None:
        self.name = name

    def of(self, here: Here) -> Any:
        return here.locals.get(self.name, UNKNOWN)


class Global(Value):
    def __init__(self, name: str) -> None:
        self.name = name

    def of(self, here: Here) -> Any:
        found = here.globals.get(self.name, UNKNOWN)
        return here.builtins.get(self.name, UNKNOWN) if found is UNKNOWN else found

    def builtin(self, here: Here) -> bool:
        """Whether it is the builtin of that name."""
        return self.name not in here.globals


class Attribute(Value):
    def __init__(self, owner: Value, name: str) -> None:
        self.owner = owner
        self.name = name

    def of(self, here: Here) -> Any:
        return attribute(self.owner.of(here), self.name)


class Item(Value):
    def __init__(self, owner: Value, key: Value) -> None:
        self.owner = owner
        self.key = key

    def of(self, here: Here) -> Any:
        owner = self.owner.of(here)
        key = self.key.of(here)
        if type(owner) not in INDEXED or type(key) not in (int, bool, str, bytes):
            return UNKNOWN
        try:
            return owner[key]
        except Exception:  # the application will get it
            return UNKNOWN


class Arithmetic(Value):
    def __init__(self, symbol: str, left: Value, right: Value) -> None:
        self.symbol = symbol
        self.left = left
        self.right = right

    def of(self, here: Here) -> Any:
        return result(self.symbol, self.left.of(here), self.right.of(here))


class Unary(Value):
    def __init__(self, name: str, operand: Value) -> None:
        self.function = UNARY[name]
        self.operand = operand

    def of(self, here: Here) -> Any:
        operand = self.operand.of(here)
        return self.function(operand) if type(operand) is int or type(operand) is float else UNKNOWN


def result(symbol: str, left: Any, right: Any) -> Any:
    """What `left symbol right` gives, for numbers; 0.0 or HUGE where only the kind of number matters."""
    kinds = {type(left), type(right)}
    if left is UNKNOWN or right is UNKNOWN:
        return 0.0 if float in kinds or symbol == "/" else UNKNOWN
    if not kinds <= {int, bool, float}:
        return UNKNOWN
    if float not in kinds and right > 256 and (symbol == "<<" or (symbol == "**" and abs(left) > 1)):
        return HUGE if left else 0
    try:
        return SYMBOLS[symbol](left, right)
    except Exception:  # a division by 0, a negative shift: the application will get it
        return UNKNOWN


def attribute(owner: Any, name: str) -> Any:
    """What `owner.name` gives, if it is just stored, in the object or its class. Never a method bound to `owner`."""
    if owner is UNKNOWN:
        return UNKNOWN
    if isinstance(owner, ModuleType):
        return vars(owner).get(name, UNKNOWN)
    if isinstance(owner, type):
        found = _of_class(owner, name)
        if type(found) is staticmethod:
            return found.__func__
        return found if type(found) is FunctionType or not hasattr(type(found), "__get__") else UNKNOWN
    kind = type(owner)
    if _of_class(kind, "__getattribute__") not in PLAIN_LOOKUPS:
        return UNKNOWN
    found = _of_class(kind, name)
    if isinstance(found, (MemberDescriptorType, GetSetDescriptorType)):
        return getattr(owner, name, UNKNOWN)
    if hasattr(type(found), "__set__"):
        return UNKNOWN
    stored = getattr(owner, "__dict__", {}).get(name, UNKNOWN)
    if stored is not UNKNOWN:
        return stored
    return UNKNOWN if hasattr(type(found), "__get__") else found


def method(owner: Any, name: str) -> Any:
    """The routine that `owner.name` would bind to `owner`: a new object on a board. UNKNOWN if it is not one."""
    if owner is UNKNOWN or isinstance(owner, ModuleType):
        return UNKNOWN
    if isinstance(owner, type):
        found = _of_class(owner, name)
        return found if isinstance(found, (classmethod, ClassMethodDescriptorType)) else UNKNOWN
    if name in getattr(owner, "__dict__", ()):
        return UNKNOWN
    found = _of_class(type(owner), name)
    return found if isinstance(found, ROUTINES) or type(found).__name__ == "cython_function_or_method" else UNKNOWN


def _of_class(kind: type, name: str) -> Any:
    for base in kind.__mro__:
        if name in vars(base):
            return vars(base)[name]
    return UNKNOWN


def is_new_name(owner: Any, name: str) -> bool:
    """Whether to store `owner.name` adds an entry to a dict, as far as is known."""
    if owner is UNKNOWN:
        return False
    if isinstance(owner, (ModuleType, type)):
        return name not in vars(owner)
    kind = type(owner)
    plain = _of_class(kind, "__setattr__") is vars(object)["__setattr__"]
    if not plain or hasattr(type(_of_class(kind, name)), "__set__"):
        return False
    return name not in getattr(owner, "__dict__", (name,))


def function_of(callee: Any) -> FunctionType | None:
    """The Python function that a call of `callee` runs, if it is one."""
    callee = getattr(callee, "__func__", callee) if not isinstance(callee, BuiltinFunctionType) else callee
    return callee if isinstance(callee, FunctionType) else None
