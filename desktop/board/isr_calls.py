"""What in a hard interrupt handler allocates on a board, by the values that are at hand: calls, operators, stores.

Each function returns a Complaint, what it does and what to do instead, or None. What may allocate or not is let pass: a
handler that a board runs must run here. But not what works on a board until it is needed most: `append` to a list that
happens to have room, `decode` of a text that the program has already. `print` allocates for large integers only.
Held to MicroPython with its heap locked by tests/desktop/board/test_isr_rules.py.
"""

from __future__ import annotations

from array import array
from inspect import CO_ASYNC_GENERATOR, CO_COROUTINE, CO_GENERATOR, CO_VARARGS, CO_VARKEYWORDS
from types import CodeType, FunctionType
from typing import Any

from .application import is_application
from .isr_values import UNKNOWN, Attribute, Constant, Global, Here, Value, attribute, function_of, is_new_name, method

Complaint = tuple[str, str]

SCHEDULE = "set a ThreadSafeFlag, put into an SPSCQueue, or micropython.schedule a function that does it"
FILL = "fill a bytearray, an array or a list that was made beforehand, by index"
BEFORE = "make it before, when the program starts"
INTEGERS = "compute in integers here, or micropython.schedule a function that computes it"
MASK = "mask it to what is needed, as in (a + b) & 0x3FFFFFFF, and use time.ticks_add and ticks_diff for times"
INDICES = "loop with indices, as in `for i in range(n)`"
VIEW = "use indices, or a memoryview's slice that was made beforehand"
LATER = "micropython.schedule a function that does it"



def _all(names: str, what: str, instead: str) -> dict[str, Complaint]:
    return {name: (what.format(name), instead) for name in names.split()}


METHODS: dict[type, dict[str, Complaint]] = {
    list: _all("append extend insert", "calls list.{}, for which a list may have to grow", FILL)
    | _all("clear copy", "calls list.{}, which takes new memory", FILL),
    bytearray: _all("append extend", "calls bytearray.{}, for which a bytearray may have to grow", FILL)
    | _all("decode", "calls bytearray.{}, which makes a string", SCHEDULE),
    bytes: _all("decode", "calls bytes.{}, which makes a string", SCHEDULE),
    dict: _all("copy items keys values", "calls dict.{}, which makes a new object", SCHEDULE),
    str: _all("encode format join lower upper replace split rsplit splitlines partition rpartition",
              "calls str.{}, which makes a new object", SCHEDULE),
    int: _all("to_bytes", "calls int.{}, which makes a new object", FILL),
}  # fmt: skip
MAKERS: dict[str, Complaint] = {
    **_all("list dict set frozenset bytearray", "makes a {}", BEFORE),
    **_all("object memoryview iter complex", "calls {}(), which makes an object", BEFORE),
    **_all("enumerate zip map filter reversed", "calls {}(), which makes an iterator", INDICES),
    **_all("hex oct bin repr input", "calls {}(), which makes a string", SCHEDULE),
    **_all("sorted dir", "calls {}(), which makes a list", SCHEDULE),
    **_all("eval exec compile", "calls {}(), which compiles its text", SCHEDULE),
    "open": ("opens a file", SCHEDULE),
    "__to_bytes__": ("calls int.to_bytes, which makes a new object", FILL),  # see the dialect
    "divmod": ("calls divmod(), which makes a tuple", "use // and %"),
}
KEEPERS: dict[str, type] = {"str": type(None), "bytes": bytes, "tuple": tuple, "float": float}  # of that type: as it is
SEQUENCES = (str, bytes, bytearray, list, tuple)
LOOPS = ("run", "new_event_loop")  # of asyncio
VIPER = {"ptr8", "ptr16", "ptr32", "uint", "__viper__", "__int32__"}


def call(
    callee: Value, receiver: Value | None, arguments: list[Value], keywords: int, loop: bool, here: Here
) -> Complaint | None:
    """A call of `callee`, which is `receiver`'s method if that is given.

    `arguments` are the values, those of keywords last; `loop`: it is what a `for` loops over.
    """
    if receiver is not None and isinstance(callee, Attribute):
        owner = receiver.of(here)
        if owner is UNKNOWN:
            return None
        complaint = METHODS.get(type(owner), {}).get(callee.name) or _new_entry(owner, callee.name, arguments, here)
        if complaint is not None:
            return complaint
        target = method(owner, callee.name)
        if target is not UNKNOWN:
            return entry(function_of(target), 1 + len(arguments) - keywords, keywords)
        target = attribute(owner, callee.name)
    elif isinstance(callee, Global) and callee.builtin(here):
        return _builtin(callee.name, arguments, loop, here)
    else:
        target = callee.of(here)
    if isinstance(target, type):
        return _instance(target, here)
    if getattr(target, "__name__", "") in LOOPS and str(getattr(target, "__module__", "")).startswith("twincore.core."):
        return "makes a loop for tasks", "set a ThreadSafeFlag for which a task waits"
    function = function_of(target)
    bound = function is not None and function is not target
    return entry(function, bound + len(arguments) - keywords, keywords)


def entry(function: FunctionType | None, positional: int, keywords: int) -> Complaint | None:
    """What `function` allocates as soon as it is called with so many arguments. Only an application's function."""
    if function is None or not is_application(function.__code__.co_filename):
        return None
    code = function.__code__
    name = code.co_name
    if code.co_flags & (CO_GENERATOR | CO_COROUTINE | CO_ASYNC_GENERATOR):
        return f"calls {name}, which makes a generator", "set a ThreadSafeFlag for which a task waits"
    if code.co_flags & CO_VARKEYWORDS:
        return f"calls {name}, whose ** argument is a new dict", "give it plain arguments"
    if code.co_flags & CO_VARARGS and positional > code.co_argcount:
        return f"calls {name}, whose * argument is a new tuple", "give it plain arguments"
    if _has_cells(code):
        return (
            f"calls {name}, which allocates when it is called, for the variables that a function in it uses",
            "move the inner function out of it, or what needs it into a function of its own",
        )
    closed = len(function.__closure__ or ())
    if closed and closed + positional + 2 * keywords > 5:
        return f"calls {name}, a closure, with more values than fit the stack", "give it fewer arguments"
    return None


def _has_cells(code: CodeType) -> bool:
    return len(code.co_cellvars) > 0


def _instance(kind: type, here: Here) -> Complaint | None:
    """A call of a class: exceptions of the language have a buffer of their own."""
    if issubclass(kind, BaseException) and kind.__module__ == "builtins":
        return None
    codes = [part.__code__ for part in vars(kind).values() if isinstance(part, FunctionType)]
    own = any(is_application(code.co_filename) for code in codes) or kind.__module__ == here.globals.get("__name__")
    if own or kind.__module__.startswith(("twincore.core.", "twincore.threadsafe.")):
        return f"makes an instance of {kind.__name__}", BEFORE
    return None


def _builtin(name: str, arguments: list[Value], loop: bool, here: Here) -> Complaint | None:
    if name in MAKERS:
        return MAKERS[name]
    if name in KEEPERS:
        if not arguments or type(arguments[0].of(here)) is KEEPERS[name]:
            return None
        return f"calls {name}(), which makes a new object", FILL if name in ("bytes", "tuple") else SCHEDULE
    if name == "range":
        if loop and (len(arguments) < 3 or isinstance(arguments[2], Constant)):
            return None
        return "makes a range", "loop over range() with a constant step, or with `while`"
    if name == "abs" and arguments:
        value = arguments[0].of(here)
        return ("makes a float", INTEGERS) if type(value) is float and value < 0 else None
    if name == "getattr" and len(arguments) > 1:
        attribute_name = arguments[1].of(here)
        return bound(arguments[0].of(here), attribute_name) if type(attribute_name) is str else None
    if name == "print":
        return _large(arguments, here)
    found = here.builtins.get(name)
    return None if not isinstance(found, type) or found.__module__ == "builtins" else _instance(found, here)


def _large(arguments: list[Value], here: Here) -> Complaint | None:
    """An integer among these, which are printed, whose digits need memory."""
    for argument in arguments:
        value = argument.of(here)
        if type(value) is int and not -1 << here.bits <= value < 1 << here.bits:
            return f"prints an integer beyond {here.bits} bits", LATER
    return None


def _new_entry(owner: Any, name: str, arguments: list[Value], here: Here) -> Complaint | None:
    if not arguments:
        return None
    if type(owner) is set and name == "add":
        value = arguments[0].of(here)
        if type(value) in (int, str, bytes) and value not in owner:
            return "adds to a set, which may have to grow", FILL
    if type(owner) is dict and name == "setdefault":
        return new_key(owner, arguments[0].of(here))
    return None


def bound(owner: Any, name: str) -> Complaint | None:
    """`owner.name` is loaded, and not called."""
    if method(owner, name) is UNKNOWN:
        return None
    return f"makes a bound method, .{name}", f"make it once before, as in self.{name}_ref = self.{name}, and use that"


def arithmetic(symbol: str, left: Any, right: Any, value: Any, here: Here) -> Complaint | None:
    """`value` is the result, if it is a number."""
    if value is UNKNOWN:
        for kind in SEQUENCES:
            if type(left) is kind and (symbol in "+*" or (symbol == "%" and kind in (str, bytes))):
                return f"builds a {kind.__name__}", f"{FILL}, or {LATER}"
        if type(left) in (set, dict) and symbol in "&|-^":
            return f"builds a {type(left).__name__}", LATER
        return None
    return number(value, here)


def number(value: Any, here: Here) -> Complaint | None:
    """`value` has been computed."""
    if type(value) is float:
        return "computes a float", INTEGERS
    if type(value) is int and not -1 << here.bits <= value < 1 << here.bits and not _is_viper(here.frame.f_code):
        return f"computes an integer beyond {here.bits} bits, which is an object", MASK
    return None


def _is_viper(code: CodeType) -> bool:
    """Whether it computes with machine words, as far as its names tell."""
    return not VIPER.isdisjoint(code.co_names)


def number_in(owner: Any, value: Any, here: Here) -> Complaint | None:
    """`value` has been computed and stored in `owner`, in which it is what it was: an array may have converted it."""
    return number(value, here) if type(owner) in (list, dict) else None


def item(owner: Any, value: Any, here: Here) -> Complaint | None:
    """`value` is read from `owner`: from an array or a memoryview as a new object, if it is no small integer."""
    if type(owner) not in (array, memoryview):
        return None
    if type(value) is float:
        return "reads a float from an array", INTEGERS
    if number(value, here) is not None:
        return f"reads an integer beyond {here.bits} bits, which is an object, from an array", "use bytes or half words"
    return None


def new_key(owner: Any, key: Any) -> Complaint | None:
    """`owner[key] = ...`"""
    if type(owner) is dict and type(key) in (int, str, bytes, bool) and key not in owner:
        return f"adds the key {key!r} to a dict", "have the key there before, or store into a list, by index"
    return None


def new_attribute(owner: Any, name: str) -> Complaint | None:
    """`owner.name = ...`"""
    return (f"adds the attribute {name}", "give it a value before, in __init__") if is_new_name(owner, name) else None


def new_global(name: str, here: Here) -> Complaint | None:
    """`global name; name = ...`"""
    return None if name in here.globals else (f"adds the global {name}", "give it a value before, in the module")
