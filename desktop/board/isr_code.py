"""A function's instructions, read once: at which of them a hard interrupt handler would allocate, and how to tell.

The operands are followed through CPython's stack, as far as the next jump target; there, and after an instruction that
is not known here, all of them are unknown again. So what is new in a later CPython is missed, and not mistaken.
"""

from __future__ import annotations

import dis
import sys
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import zip_longest
from types import CodeType

from . import isr_calls as rules
from .isr_calls import Complaint
from .isr_values import UNARY, UNKNOWN, Arithmetic, Attribute, Constant, Global, Here, Item, Local, Unary, Value

Check = Callable[[Here], "Complaint | None"]
Checks = dict[int, tuple[Check, ...]]  # by the offset of the instruction that is about to run

PASSED = {"__narrowed__": 0, "__added_to__": 1}  # functions of the dialect -> which argument they give, or less of it
ADDED = "__added__"  # the one that adds
NULL, SELF = Value(), Value()  # what CPython pushes beside a callable
OPERATORS = {  # of CPython 3.10
    "ADD": "+", "SUBTRACT": "-", "MULTIPLY": "*", "TRUE_DIVIDE": "/", "FLOOR_DIVIDE": "//", "MODULO": "%",
    "AND": "&", "OR": "|", "XOR": "^", "LSHIFT": "<<", "RSHIFT": ">>", "POWER": "**",
}  # fmt: skip
NOTHING = "NOP RESUME PRECALL CACHE MAKE_CELL COPY_FREE_VARS TO_BOOL NOT_TAKEN JUMP_FORWARD JUMP_ABSOLUTE".split()
FORMATTING = ("FORMAT_VALUE", "FORMAT_SIMPLE", "FORMAT_WITH_SPEC", "BUILD_STRING")
ALLOCATING: dict[str, Complaint] = {
    "BUILD_LIST": ("builds a list", rules.FILL),
    "BUILD_SET": ("builds a set", rules.BEFORE),
    **dict.fromkeys(("BUILD_MAP", "BUILD_CONST_KEY_MAP"), ("builds a dict", rules.BEFORE)),
    **dict.fromkeys(FORMATTING, ("formats a string", rules.SCHEDULE)),
    **dict.fromkeys(("BUILD_SLICE", "BINARY_SLICE", "STORE_SLICE"), ("makes a slice", rules.VIEW)),
    "UNPACK_EX": ("builds a list", rules.FILL),
    "IMPORT_NAME": ("imports a module", "import it at the top of the program"),
    "LOAD_BUILD_CLASS": ("makes a class", rules.BEFORE),
    "CALL_FUNCTION_EX": ("calls with * or **, for which the arguments are collected", "give it plain arguments"),
}
MADE = {
    "<lambda>": ("makes a lambda", "write a function outside of the handler"),
    "<genexpr>": ("makes a generator", "write a loop"),
    "<listcomp>": ("builds a list", rules.FILL),
    "<setcomp>": ("builds a set", rules.BEFORE),
    "<dictcomp>": ("builds a dict", rules.BEFORE),
}


@lru_cache(maxsize=1024)
def checks(code: CodeType) -> Checks:
    """What to look at when `code` runs in a hard interrupt handler. Empty: it can't allocate by itself."""
    return _Reader(code).read()


class _Reader:
    """Goes through one code object. Instructions have a method of their name, those of one kind share one."""

    def __init__(self, code: CodeType) -> None:
        self._code = code
        self._stack: list[Value] = []
        self._found: dict[int, list[Check]] = {}
        self._loads: dict[Value, tuple[tuple[int, ...], Check]] = {}  # attributes, and where each may be a bound method
        self._offsets: tuple[int, ...] = ()  # of the instruction at hand
        self._next: dis.Instruction | None = None
        self._after: list[Check] = []  # for the next instruction, if that follows by all means
        self._keywords = 0

    def read(self) -> Checks:
        prefix: list[int] = []
        for instruction, following in _pairs(self._code):
            if instruction.is_jump_target:
                self._stack.clear()
            if instruction.opname == "EXTENDED_ARG":  # CPython stops before this, or before what it extends
                prefix.append(instruction.offset)
                continue
            self._offsets = (*prefix, instruction.offset)
            self._next = following
            prefix = []
            after, self._after = self._after, []
            for check in after:
                self._check(check)
            self._step(instruction)
        return {offset: tuple(found) for offset, found in self._found.items() if found}

    def _step(self, instruction: dis.Instruction) -> None:
        name = instruction.opname
        own = getattr(self, f"_{name.lower()}", None)
        if own is not None:
            own(instruction)
        elif name in ALLOCATING:
            self._always(ALLOCATING[name])
            self._stack.clear()
        elif name in UNARY:
            self._unary(name)
        elif name.startswith(("BINARY_", "INPLACE_")) and name.partition("_")[2] in OPERATORS:
            self._arithmetic(OPERATORS[name.partition("_")[2]])
        elif "JUMP" in name and "_IF_" in name:
            self._pop()
        elif name not in NOTHING:
            self._stack.clear()

    def _push(self, *values: Value) -> None:
        self._stack += values

    def _pop(self) -> Value:
        return self._stack.pop() if self._stack else Value()

    def _pops(self, count: int) -> list[Value]:
        return [self._pop() for _ in range(count)][::-1]

    def _check(self, check: Check) -> None:
        for offset in self._offsets:
            self._found.setdefault(offset, []).append(check)

    def _always(self, complaint: Complaint) -> None:
        self._check(lambda here: complaint)

    # Loads

    def _load_const(self, instruction: dis.Instruction) -> None:
        self._push(Constant(instruction.argval))

    _load_small_int = _load_const

    def _load_fast(self, instruction: dis.Instruction) -> None:
        names = instruction.argval
        self._push(*(Local(name) for name in (names if isinstance(names, tuple) else (names,))))

    _load_fast_check = _load_deref = _load_fast_load_fast = _load_fast_borrow = _load_fast
    _load_fast_borrow_load_fast_borrow = _load_fast

    def _load_closure(self, instruction: dis.Instruction) -> None:
        self._push(Constant(UNKNOWN))

    def _load_global(self, instruction: dis.Instruction) -> None:
        found = Global(instruction.argval)
        if sys.version_info < (3, 11) or not (instruction.arg or 0) & 1:
            self._push(found)
        elif sys.version_info < (3, 13):
            self._push(NULL, found)
        else:
            self._push(found, NULL)

    def _load_attr(self, instruction: dis.Instruction) -> None:
        if sys.version_info >= (3, 12) and (instruction.arg or 0) & 1:
            self._load_method(instruction)
            return
        owner, name = self._pop(), instruction.argval
        found = Attribute(owner, name)
        self._push(found)

        def check(here: Here) -> Complaint | None:
            return rules.bound(owner.of(here), name)

        self._check(check)
        self._loads[found] = self._offsets, check

    def _load_method(self, instruction: dis.Instruction) -> None:
        self._push(Attribute(self._pop(), instruction.argval), SELF)

    def _push_null(self, instruction: dis.Instruction) -> None:
        self._push(NULL)

    def _binary_subscr(self, instruction: dis.Instruction) -> None:
        owner, key = self._pops(2)
        found = Item(owner, key)
        self._push(found)
        self._check(lambda here: rules.item(owner.of(here), found.of(here), here))

    # The stack itself

    def _pop_top(self, instruction: dis.Instruction) -> None:
        self._pop()

    def _copy(self, instruction: dis.Instruction) -> None:
        depth = instruction.arg or 1
        self._push(self._stack[-depth] if depth <= len(self._stack) else Value())

    def _swap(self, instruction: dis.Instruction) -> None:
        depth = instruction.arg or 1
        if depth > len(self._stack):
            self._stack.clear()
        else:
            self._stack[-depth], self._stack[-1] = self._stack[-1], self._stack[-depth]

    def _dup_top(self, instruction: dis.Instruction) -> None:
        top = self._pop()
        self._push(top, top)

    def _dup_top_two(self, instruction: dis.Instruction) -> None:
        two = self._pops(2)
        self._push(*two, *two)

    def _rot_two(self, instruction: dis.Instruction) -> None:
        below, top = self._pops(2)
        self._push(top, below)

    def _rot_three(self, instruction: dis.Instruction) -> None:
        third, second, top = self._pops(3)
        self._push(top, third, second)

    # Operators

    def _binary_op(self, instruction: dis.Instruction) -> None:
        symbol = instruction.argrepr.rstrip("=")
        if symbol == "[]":  # from 3.14 on
            self._binary_subscr(instruction)
        else:
            self._arithmetic(symbol)

    def _arithmetic(self, symbol: str) -> None:
        left, right = self._pops(2)
        found = Arithmetic(symbol, left, right)
        self._push(found)

        def check(here: Here) -> Complaint | None:
            return rules.arithmetic(symbol, left.of(here), right.of(here), found.of(here), here)

        self._check(check)

    def _unary(self, name: str) -> None:
        found = Unary(name, self._pop())
        self._push(found)
        self._check(lambda here: rules.number(found.of(here), here))

    def _compare_op(self, instruction: dis.Instruction) -> None:
        self._pops(2)
        self._push(Value())

    _is_op = _contains_op = _compare_op

    def _unary_not(self, instruction: dis.Instruction) -> None:
        self._pop()
        self._push(Value())

    # Stores. A number that was computed from what was not known is looked at once it is stored.

    def _stored(self, value: Value, target: Value) -> None:
        if isinstance(value, (Arithmetic, Unary)) and self._follows():
            self._after.append(lambda here: rules.number(target.of(here), here))

    def _follows(self) -> bool:
        """Whether the next instruction always runs after this one."""
        return self._next is not None and not self._next.is_jump_target

    def _store_fast(self, instruction: dis.Instruction) -> None:
        names = instruction.argval
        for name in names if isinstance(names, tuple) else (names,):
            self._stored(self._pop(), Local(name))

    _store_deref = _store_fast_store_fast = _store_fast

    def _store_fast_load_fast(self, instruction: dis.Instruction) -> None:
        stored, loaded = instruction.argval
        self._stored(self._pop(), Local(stored))
        self._push(Local(loaded))

    def _store_global(self, instruction: dis.Instruction) -> None:
        name = instruction.argval
        self._check(lambda here: rules.new_global(name, here))
        self._stored(self._pop(), Global(name))

    def _store_attr(self, instruction: dis.Instruction) -> None:
        value, owner = self._pops(2)
        name = instruction.argval
        self._check(lambda here: rules.new_attribute(owner.of(here), name))
        self._stored(value, Attribute(owner, name))

    def _store_subscr(self, instruction: dis.Instruction) -> None:
        value, owner, key = self._pops(3)
        self._check(lambda here: rules.new_key(owner.of(here), key.of(here)))
        if isinstance(value, (Arithmetic, Unary)) and self._follows():
            self._after.append(lambda here: rules.number_in(owner.of(here), Item(owner, key).of(here), here))

    # Calls

    def _called(self, callee: Value, receiver: Value | None, arguments: list[Value], keywords: int) -> None:
        self._not_bound(callee)
        loop = self._next is not None and self._next.opname == "GET_ITER"
        self._check(lambda here: rules.call(callee, receiver, arguments, keywords, loop, here))
        name = callee.name if isinstance(callee, Global) else ""
        if name == ADDED and len(arguments) == 2:
            self._push(*arguments)
            self._arithmetic("+")
            return
        is_passed = name in PASSED and len(arguments) == 2
        self._push(arguments[PASSED[name]] if is_passed else Value())

    def _not_bound(self, callee: Value) -> None:
        """It is called at once: a board makes no object of it."""
        if callee in self._loads:
            offsets, check = self._loads.pop(callee)
            for offset in offsets:
                self._found[offset].remove(check)

    def _call_function(self, instruction: dis.Instruction, keywords: int = 0) -> None:
        arguments = self._pops(instruction.arg or 0)
        self._called(self._pop(), None, arguments, keywords)

    def _call_function_kw(self, instruction: dis.Instruction) -> None:
        self._call_function(instruction, _length(self._pop()))

    def _call_method(self, instruction: dis.Instruction) -> None:
        self._call(instruction)

    def _kw_names(self, instruction: dis.Instruction) -> None:
        self._keywords = len(instruction.argval) if isinstance(instruction.argval, tuple) else 0

    def _call(self, instruction: dis.Instruction) -> None:
        arguments = self._pops(instruction.arg or 0)
        first, second = self._pops(2)
        keywords, self._keywords = self._keywords, 0
        callee = second if first is NULL else first
        receiver = callee.owner if second is SELF and isinstance(callee, Attribute) else None
        if first is not NULL and second is not NULL and second is not SELF:
            callee = Value()
        self._called(callee, receiver, arguments, keywords)

    def _call_kw(self, instruction: dis.Instruction) -> None:
        self._keywords = _length(self._pop())
        self._call(instruction)

    # What makes objects, not always the same

    def _build_tuple(self, instruction: dis.Instruction) -> None:
        parts = self._pops(instruction.arg or 0)
        of_cells = all(isinstance(part, Constant) and part.value is UNKNOWN for part in parts)
        if not of_cells:  # those are for a function, which says so itself
            self._always(("builds a tuple", "return or store the values one by one"))
        self._push(Value())

    def _make_function(self, instruction: dis.Instruction) -> None:
        code = [part.value for part in self._pops(2) if isinstance(part, Constant) and isinstance(part.value, CodeType)]
        name = code[0].co_name if code else "another"
        self._always(MADE.get(name, (f"makes the function {name}", "define it outside of the handler")))
        self._stack.clear()


def _length(names: Value) -> int:
    return len(names.value) if isinstance(names, Constant) and isinstance(names.value, tuple) else 0


def _pairs(code: CodeType) -> Iterator[tuple[dis.Instruction, dis.Instruction | None]]:
    """Each instruction and the one that stands after it."""
    instructions = list(dis.get_instructions(code))
    return zip_longest(instructions, instructions[1:])
