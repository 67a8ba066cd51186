"""`@micropython.asm_thumb`: functions written in instructions of the processor, checked as a board's assembler does.

`assembled` is for the dialect: it puts `f = __asm_thumb__(parts of a Program)` in the place of each such function. What
the instructions do is in `thumb_instructions.py`, and `thumb_function.py` makes of a program what an application calls.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from .syntax_trees import dotted, refuse
from .thumb_forms import CONDITIONS, FORMS, LAST_LOW, LR, PC, REGISTERS, SP, WORD, counts_of, may_be

ENTRY = 2  # bytes of the push with which each function begins
RESULTS = ("int", "uint", "bool", "object")
FOLDED: dict[type[ast.AST], Callable[..., Any]] = {  # what a board's parser computes of constants
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod, ast.LShift: operator.lshift, ast.RShift: operator.rshift, ast.BitAnd: operator.and_,
    ast.BitOr: operator.or_, ast.BitXor: operator.xor, ast.Pow: operator.pow, ast.USub: operator.neg,
    ast.UAdd: operator.pos, ast.Invert: operator.invert,
}  # fmt: skip


class Statement(NamedTuple):
    """One instruction, or bytes of `data`. `offset`: where, in bytes; a label among `operands` is one, too."""

    line: int
    offset: int
    operation: str
    operands: tuple[Any, ...]


class Program(NamedTuple):
    """A function. `end`: the offset at which it returns. `m3`: (line, text, instruction) that needs an M3 or M4."""

    name: str
    arguments: int
    result: str
    statements: tuple[Statement, ...]
    end: int
    m3: tuple[int, str, str] | None


def assembled(tree: ast.AST, source: str) -> ast.AST:
    """`tree` with its functions of machine code put together. SyntaxError, without the file's name."""
    found: ast.AST = _Functions(source.splitlines()).visit(tree)
    return found


class _Functions(ast.NodeTransformer):
    def __init__(self, lines: list[str]) -> None:
        self._lines = lines
        self._constants: dict[str, int] = {}

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        """`NAME = const(...)` is a number from here on, as it is to a board's compiler, and no other name is."""
        target, value = node.targets[0], node.value
        is_const = isinstance(value, ast.Call) and dotted(value.func) == "const"
        if is_const and isinstance(target, ast.Name) and value.args:  # type: ignore[attr-defined]
            number = folded(value.args[0], self._constants)  # type: ignore[attr-defined]
            if number is not None:
                self._constants[target.id] = number
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return self._function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        return self._function(node)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> ast.AST:
        others = [each for each in node.decorator_list if not _is_asm_thumb(each)]
        if len(others) == len(node.decorator_list):
            return self.generic_visit(node)
        program = _Assembler(self._constants, self._lines).program(node)
        plain: Any = tuple(program._replace(statements=tuple(map(tuple, program.statements))))  # type: ignore[arg-type]
        made = ast.Call(ast.Name("__asm_thumb__", ast.Load()), [ast.Constant(plain)], [])
        value: ast.expr = made
        for decorator in reversed(others):
            value = ast.Call(decorator, [value], [])
        found = ast.Assign([ast.Name(node.name, ast.Store())], value)
        for part in (found, found.targets[0], made, made.func, made.args[0], value):
            ast.copy_location(part, node)
        return found


def _is_asm_thumb(decorator: ast.expr) -> bool:
    return dotted(decorator.func if isinstance(decorator, ast.Call) else decorator) == "micropython.asm_thumb"


def folded(node: ast.AST, constants: dict[str, int]) -> int | None:
    """The number that a board's compiler makes of an expression; None if it makes none."""
    if isinstance(node, ast.Constant):
        return node.value if type(node.value) is int else None
    if isinstance(node, ast.Name):
        return constants.get(node.id)
    if isinstance(node, ast.UnaryOp):
        parts = [node.operand]
    elif isinstance(node, ast.BinOp):
        parts = [node.left, node.right]
    else:
        return None
    values = [folded(part, constants) for part in parts]
    compute = FOLDED.get(type(node.op))
    if compute is None or None in values:
        return None
    try:
        found = compute(*values)
    except (ArithmeticError, ValueError):
        return None
    return found if type(found) is int else None


class _Assembler:
    """Puts one function together."""

    def __init__(self, constants: dict[str, int], lines: list[str]) -> None:
        self._constants = constants
        self._lines = lines
        self._offset = ENTRY
        self._statements: list[Statement] = []
        self._labels: dict[str, int] = {}
        self._branches: list[tuple[int, ast.Name]] = []  # the statement's index, and the label as it is written
        self._m3: tuple[int, str, str] | None = None

    def program(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Program:
        arguments, result = _arguments(node), _result(node)
        before = 0
        for statement in node.body:
            if isinstance(statement, ast.Pass) or _is_text(statement):
                continue
            call = statement.value if isinstance(statement, ast.Expr) else None
            if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
                refuse(statement, "expecting an assembler instruction, such as add(r0, r0, r1)")
            if statement.lineno == before:
                refuse(statement, "expecting an assembler instruction on a line of its own")
            before = statement.lineno
            if call.keywords or any(isinstance(argument, ast.Starred) for argument in call.args):
                refuse(call, f"{call.func.id!r} takes no keywords and no *")
            self._statement(call, call.func.id)
        self._link()
        statements = tuple(self._statements)
        return Program(node.name, arguments, result, statements, self._offset, self._m3)

    def _statement(self, call: ast.Call, name: str) -> None:
        if name == "label":
            self._label(call)
        elif name == "align":
            self._align(call)
        elif name == "data":
            self._data(call)
        else:
            self._instruction(call, name)

    def _label(self, call: ast.Call) -> None:
        if len(call.args) != 1 or not isinstance(call.args[0], ast.Name):
            refuse(call, "'label' requires 1 argument, a name")
        if call.args[0].id in self._labels:
            refuse(call, f"label redefined: {call.args[0].id!r}")
        self._labels[call.args[0].id] = self._offset

    def _align(self, call: ast.Call) -> None:
        size = folded(call.args[0], self._constants) if len(call.args) == 1 else None
        if size is None or size < 1 or size & (size - 1):
            refuse(call, "'align' requires 1 argument, a power of two")
        if self._offset % 2 and size > 1:
            self._add(call, "data", (b"\0",), 1)
        while self._offset % size:
            self._add(call, "lsl rri", (0, 0, 0), 2)  # what zeros mean

    def _data(self, call: ast.Call) -> None:
        size = folded(call.args[0], self._constants) if len(call.args) > 1 else None
        if size is None or size < 1:
            refuse(call, "'data' requires at least 2 arguments: the size of each in bytes, and numbers")
        found = b""
        for argument in call.args[1:]:
            value = folded(argument, self._constants)
            if value is None:
                refuse(argument, "'data' requires integer arguments")
            found += (value & WORD & (1 << 8 * size) - 1).to_bytes(size, "little")
        self._add(call, "data", (found,), len(found))

    def _instruction(self, call: ast.Call, name: str) -> None:
        forms = FORMS.get((name, len(call.args)))
        if forms is None:
            refuse(call, f"unsupported Thumb instruction {name!r} with {len(call.args)} arguments{counts_of(name)}")
        if self._offset % 2:
            refuse(call, f"{name!r} is at an odd address: put align(2) behind data")
        fits = (form for form in forms if all(map(may_be, form.kinds, call.args)))
        form = next(fits, forms[0])
        operands: list[Any] = []
        for kind, argument in zip(form.kinds, call.args, strict=True):
            operands += self._operand(name, kind, argument)
        wide = name in ("push", "pop") and bool(operands[0] & ~(0xFF | 1 << (LR if name == "push" else PC)))
        if (form.m3 or wide) and self._m3 is None:
            self._m3 = (call.lineno, self._lines[call.lineno - 1], f"{name!r} with {len(call.args)} arguments")
        self._add(call, form.operation, tuple(operands), 4 if wide else form.size)

    def _add(self, call: ast.Call, operation: str, operands: tuple[Any, ...], size: int) -> None:
        self._statements.append(Statement(call.lineno, self._offset, operation, operands))
        self._offset += size

    def _operand(self, name: str, kind: str, node: ast.expr) -> Iterator[Any]:
        """The numbers of it: of an address its register and offset, of a list of registers a bit for each."""
        if kind.startswith("0x"):
            yield self._integer(name, node, int(kind, 16))
        elif kind.startswith("["):
            if not isinstance(node, ast.List) or len(node.elts) != 2:
                refuse(node, f"{name!r} expects an address of the form [a, b]")
            base, offset = node.elts
            yield _register(name, base, PC if name.endswith("ex") else LAST_LOW)
            yield self._integer(name, offset, int(kind[1:-1], 16))
        elif kind == "label":
            if not isinstance(node, ast.Name):
                refuse(node, f"{name!r} expects a label")
            self._branches.append((len(self._statements), node))
            yield node.id
        elif kind == "list":
            yield _registers(name, node)
        elif kind == "s":
            if not may_be(kind, node) or int(node.id[1:]) > 31:  # type: ignore[attr-defined]
                refuse(node, f"{name!r} expects an FPU register, s0 to s31")
            yield int(node.id[1:])  # type: ignore[attr-defined]
        elif kind == "condition":
            if not isinstance(node, ast.Name) or node.id not in CONDITIONS:
                refuse(node, f"{name!r} expects a condition: {', '.join(CONDITIONS)}")
            yield node.id
        elif kind == "fpscr":
            if not isinstance(node, ast.Name) or node.id != "FPSCR":
                refuse(node, f"{name!r} expects FPSCR")
        elif kind in ("low", "reg", "plain"):
            yield _register(name, node, LAST_LOW if kind == "low" else PC, plain=kind == "plain")

    def _integer(self, name: str, node: ast.expr, mask: int) -> int:
        value = folded(node, self._constants)
        if value is None:
            refuse(node, f"{name!r} expects an integer: a number, or a name that is const(...)")
        if value & WORD & ~mask:
            refuse(node, f"{name!r} integer {value & WORD:#x} doesn't fit in mask {mask:#x}")
        return value & WORD

    def _link(self) -> None:
        """Give branches the offsets of their labels."""
        for index, node in self._branches:
            target = self._labels.get(node.id)
            if target is None:
                refuse(node, f"label {node.id!r} not defined")
            statement = self._statements[index]
            name = statement.operation.split()[0]
            away = target - statement.offset - 4
            reach = 1 << (22 if name == "bl" or name.endswith("_w") else 11 if name == "b" else 8)
            if not -reach <= away < reach:
                refuse(node, f"branch not in range: {node.id!r} is {away} bytes away, {name} reaches {reach}")
            self._statements[index] = statement._replace(operands=(target,))


def _arguments(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    given = node.args
    if len(given.args) > 4:
        refuse(node, "can only have up to 4 parameters to Thumb assembly")
    plain = not (given.posonlyargs or given.kwonlyargs or given.vararg or given.kwarg or given.defaults)
    names = [argument.arg for argument in given.args if argument.annotation is None]
    if not plain or names != [f"r{number}" for number in range(len(given.args))]:
        refuse(node, "parameters must be registers in sequence r0 to r3, without types and defaults")
    return len(names)


def _result(node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    if node.returns is None:
        return "int"
    if not isinstance(node.returns, ast.Name):
        refuse(node.returns, "return annotation must be an identifier")
    if node.returns.id not in RESULTS:
        refuse(node.returns, f"unknown type {node.returns.id!r}: there are {', '.join(RESULTS)}")
    return node.returns.id


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _register(name: str, node: ast.expr, most: int, plain: bool = False) -> int:
    """The number of the register. `plain`: sp and pc are not to be used, of which the processor promises nothing."""
    number = REGISTERS.get(node.id) if isinstance(node, ast.Name) else None
    if number is None:
        refuse(node, f"{name!r} expects a register")
    if number > most:
        refuse(node, f"{name!r} expects at most r{most}")
    if plain and number in (SP, PC):
        refuse(node, f"{name!r} can't have sp or pc")
    return number


def _registers(name: str, node: ast.expr) -> int:
    if not isinstance(node, ast.Set):
        refuse(node, f"{name!r} expects {{r0, r1, ...}}")
    found = 0
    for each in node.elts:
        number = _register(name, each, PC)
        if number == SP or (number == PC and name == "push"):
            refuse(each, f"{name!r} can't have {each.id}")  # type: ignore[attr-defined]
        found |= 1 << number
    return found
