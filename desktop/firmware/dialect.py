"""MicroPython's dialect on CPython: source text to code, with the application's own lines in its tracebacks.

| an application writes | what CPython gets |
|---|---|
| `await x`, x with `__iter__` alone or a generator | `await __await__(x)` |
| `yield from x`, x a coroutine | `yield from __iter__(x)` |
| `array("H", x for x in y)` | with parentheses around the generator |
| `await`, `async for`, `async with` in a plain `def` | `yield from`; the other two spelled out |
| `yield`, `yield from` in an `async def` | `await`: to MicroPython both are one kind of generator |
| `@micropython.native`, `.viper`, `.bytecode` | nothing; viper computes in words: see `viper.py` |
| `@micropython.asm_thumb` | a call that makes what runs the instructions: see `asm_thumb.py` |
| `OSError(5)` | one with its `errno` |
| `(-1).to_bytes(2)` | in two's complement |
| `buf[i] = 300`, buf an array of any kind | its low bits are stored: see `narrowing.py` |
| `data += text`, `"text" in data`, data bytes | the text's bytes: see `bytes_and_text.py` |
| a function, a loop | `__checkpoint__()` first, where soft interrupts run |

The names with two underscores are in `runtime.py`; the World puts them among its builtins. What CPython has and
MicroPython has not is refused, so that the board is not where that is found.
"""

from __future__ import annotations
import __future__

import ast
from types import CodeType

from . import bytes_and_text, narrowing, viper
from .syntax_trees import dotted, filled, is_generator, parsed, refuse, without_slots

FUTURE = __future__.annotations.compiler_flag  # annotations are not evaluated: viper's name no objects
EMITTERS = ("native", "viper", "bytecode")
POINTERS = ("ptr8", "ptr16", "ptr32")
MACHINE_CODE = "{} is machine code of the board's processor and cannot run here: have a version in Python as well"
NO_SUCH_SYNTAX = (
    ("Match", "a match statement"),
    ("TryStar", "except*"),
    ("TypeAlias", "a type statement"),
)


def compile_source(source: str, filename: str, mode: str = "exec") -> CodeType:
    """Compile MicroPython's `source`, as the builtin `compile` does. `mode`: "exec", "eval" or "single".

    Raises SyntaxError with the line of the application.
    """
    try:
        tree = parsed(source, filename, mode)
        if "asm_thumb" in source:
            from .asm_thumb import assembled  # which few programs need

            tree = assembled(tree, source)
        tree = ast.fix_missing_locations(_Dialect(bytes_and_text.handles_bytes(source)).visit(tree))
        code: CodeType = compile(tree, filename, mode, FUTURE, True)
        return code
    except SyntaxError as error:
        lines = source.splitlines()
        if error.filename is None:
            error.filename = filename
        if not error.text and error.lineno and error.lineno <= len(lines):
            error.text = lines[error.lineno - 1]
        raise


class _Scope:
    """A function, or what is around one. `kind`: outside, plain, async or comprehension."""

    def __init__(self, kind: str, node: ast.AST) -> None:
        self.kind = kind
        self.node = node


class _Dialect(ast.NodeTransformer):
    def __init__(self, handles_bytes: bool) -> None:
        self._handles_bytes = handles_bytes
        self._scopes: list[_Scope] = []
        self._names = 0

    def visit_Module(self, node: ast.Module) -> ast.AST:
        return self._inside("outside", node)

    visit_Expression = visit_Interactive = visit_Module  # type: ignore[assignment]

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        node.body = without_slots(node.body)
        return self._inside("outside", node)

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        self._check_arguments(node.args)
        node.args = self.visit(node.args)
        self._scopes.append(_Scope("plain", node))
        node.body = self.visit(node.body)
        self._scopes.pop()
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return self._function(node, "plain")

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        return self._function(node, "async")

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, kind: str) -> ast.AST:
        self._check_arguments(node.args)
        in_words = False
        kept = []
        for decorator in node.decorator_list:
            name = dotted(decorator.func if isinstance(decorator, ast.Call) else decorator)
            module, _, emitter = name.rpartition(".")
            if module == "micropython" and emitter in EMITTERS:
                in_words = in_words or emitter == "viper"
            elif module == "micropython" and emitter.startswith("asm_"):
                refuse(decorator, MACHINE_CODE.format(f"@{name}"))
            else:
                kept.append(self.visit(decorator))
        node.decorator_list = kept
        node.args = self.visit(node.args)
        if in_words:
            viper.in_words(node)
        self._scopes.append(_Scope(kind, node))
        body = self._statements(node.body)
        self._scopes.pop()
        first = _is_docstring(body[0]) if body else False
        start = [*(_declared(node) if in_words else ()), _checkpoint(node.body[0])]
        node.body = [*body[:first], *start, *body[first:]]
        return node

    def _check_arguments(self, arguments: ast.arguments) -> None:
        if arguments.posonlyargs:
            refuse(arguments.posonlyargs[0], "invalid syntax: MicroPython has no positional-only arguments (/)")

    def visit_For(self, node: ast.For) -> ast.AST:
        return self._loop(node)

    def visit_While(self, node: ast.While) -> ast.AST:
        return self._loop(node)

    def _loop(self, node: ast.For | ast.While | ast.AsyncFor) -> ast.AST:
        point = _checkpoint(node.body[0])
        self.generic_visit(node)
        node.body.insert(0, point)
        return node

    def visit_Await(self, node: ast.Await) -> ast.AST:
        kind = self._scope().kind
        if kind in ("outside", "comprehension"):
            hint = ": MicroPython has none inside a comprehension" if kind == "comprehension" else ""
            refuse(node, "'await' outside function" + hint)
        return self._delegate(node, self.visit(node.value))

    def visit_YieldFrom(self, node: ast.YieldFrom) -> ast.AST:
        return self._delegate(node, self.visit(node.value))

    def visit_Yield(self, node: ast.Yield) -> ast.AST:
        if self._scope().kind != "async":
            return self.generic_visit(node)
        value = self.visit(node.value) if node.value else ast.Constant(None)
        return ast.copy_location(ast.Await(_call("__yield__", node, value)), node)

    def _delegate(self, node: ast.AST, value: ast.expr) -> ast.expr:
        """`await value`, as the function around it can."""
        if self._scope().kind == "async":
            return ast.copy_location(ast.Await(_call("__await__", node, value)), node)
        return ast.copy_location(ast.YieldFrom(_call("__iter__", node, value)), node)

    def visit_AsyncFor(self, node: ast.AsyncFor) -> ast.AST | list[ast.stmt]:
        if self._in_async(node):
            node.iter = _call("__async_for__", node.iter, node.iter)
            return self._loop(node)
        step = ast.Name(self._name(), ast.Store())
        more = ast.Name(self._name(), ast.Store())
        body = [_checkpoint(node.body[0]), *self._statements(node.body)]
        source = f"""
{step.id} = __aiter__(SOURCE)
{more.id} = True
while {more.id}:
    try:
        TARGET = yield from __iter__({step.id}.__anext__())
    except StopAsyncIteration:
        {more.id} = False
    else:
        BODY
else:
    ELSE
"""
        parts = {"BODY": body, "ELSE": self._statements(node.orelse)}
        return filled(source, node, parts, {"SOURCE": self.visit(node.iter), "TARGET": self.visit(node.target)})

    def visit_AsyncWith(self, node: ast.AsyncWith) -> ast.AST | list[ast.stmt]:
        if self._in_async(node):
            for item in node.items:
                item.context_expr = _call("__async_with__", item.context_expr, item.context_expr)
            return self.generic_visit(node)
        first, *others = node.items
        inner: list[ast.stmt] = node.body
        if others:
            inner = [ast.copy_location(ast.AsyncWith(others, node.body), node)]
        manager, failed, value = self._name(), self._name(), self._name()
        source = f"""
{manager} = MANAGER
TARGET = yield from __iter__({manager}.__aenter__())
{failed} = False
try:
    try:
        BODY
    except BaseException as {value}:
        {failed} = True
        if not (yield from __iter__({manager}.__aexit__(type({value}), {value}, {value}.__traceback__))):
            raise
finally:
    if not {failed}:
        yield from __iter__({manager}.__aexit__(None, None, None))
"""
        target = self.visit(first.optional_vars) if first.optional_vars else ast.Name(value, ast.Store())
        manager_value = self.visit(first.context_expr)
        return filled(source, node, {"BODY": self._statements(inner)}, {"MANAGER": manager_value, "TARGET": target})

    def _in_async(self, node: ast.AST) -> bool:
        """Whether CPython has it here as it stands; SyntaxError where MicroPython has it neither."""
        scope = self._scope()
        if scope.kind == "async":
            return True
        if scope.kind != "plain" or not is_generator(scope.node):
            refuse(node, "async for/with outside async function")
        return False

    def visit_ListComp(self, node: ast.ListComp) -> ast.AST:
        return self._comprehension(node)

    def visit_SetComp(self, node: ast.SetComp) -> ast.AST:
        return self._comprehension(node)

    def visit_DictComp(self, node: ast.DictComp) -> ast.AST:
        return self._comprehension(node)

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> ast.AST:
        return self._comprehension(node)

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp) -> ast.AST:
        for generator in node.generators:
            if generator.is_async:
                refuse(node, "invalid syntax: MicroPython has no asynchronous comprehensions")
        outermost = node.generators[0]
        outermost.iter = self.visit(outermost.iter)  # in the scope around
        source, outermost.iter = outermost.iter, ast.Constant(None)
        self._inside("comprehension", node)
        outermost.iter = source
        return node

    def visit_Assign(self, node: ast.Assign) -> ast.AST | list[ast.stmt]:
        self.generic_visit(node)
        return narrowing.assignment(node, self._name)

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST | list[ast.stmt]:
        self.generic_visit(node)
        made = narrowing.augmented(node, self._name)
        if not self._handles_bytes:
            return made
        statements: list[ast.stmt] = []
        for statement in made if isinstance(made, list) else [made]:
            added = isinstance(statement, ast.AugAssign) and bytes_and_text.augmented(statement, self._name)
            statements += added or [statement]
        return statements

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        return bytes_and_text.sum_of(node, self._handles_bytes)

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        self.generic_visit(node)
        return bytes_and_text.compared(node, self._handles_bytes)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        alone = len(node.args) == 1 and not node.keywords and not isinstance(node.args[0], ast.Starred)
        if alone and isinstance(node.func, ast.Name) and node.func.id == "OSError":
            return _call("__oserror__", node, node.func, node.args[0])
        if alone and isinstance(node.func, ast.Attribute) and node.func.attr == "append":
            node.args = [narrowing.appended(node.args[0], node.func.value)]
        if isinstance(node.func, ast.Attribute) and node.func.attr == "to_bytes" and not node.keywords:
            return _call("__to_bytes__", node, node.func.value, *node.args)
        return bytes_and_text.called(node) if self._handles_bytes else node

    def generic_visit(self, node: ast.AST) -> ast.AST:
        for name, what in NO_SUCH_SYNTAX:
            if type(node).__name__ == name:
                refuse(node, f"invalid syntax: MicroPython has not got {what}")
        return super().generic_visit(node)

    def _scope(self) -> _Scope:
        return self._scopes[-1]

    def _inside(self, kind: str, node: ast.AST) -> ast.AST:
        self._scopes.append(_Scope(kind, node))
        self.generic_visit(node)
        self._scopes.pop()
        return node

    def _statements(self, statements: list[ast.stmt]) -> list[ast.stmt]:
        visited: list[ast.stmt] = []
        for statement in statements:
            new = self.visit(statement)
            visited += new if isinstance(new, list) else [new]
        return visited

    def _name(self) -> str:
        self._names += 1
        return f"__twincore{self._names}__"


def _call(name: str, where: ast.AST, *arguments: ast.expr) -> ast.Call:
    call = ast.Call(ast.copy_location(ast.Name(name, ast.Load()), where), list(arguments), [])
    return ast.copy_location(call, where)


def _checkpoint(before: ast.stmt) -> ast.stmt:
    """Its line is that of the statement it comes before: what happens in it happens there."""
    return ast.copy_location(ast.Expr(_call("__checkpoint__", before)), before)


def _is_docstring(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


def _declared(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.stmt]:
    """`x = ptr16(x)` for each argument of a viper function that is declared so, or to be a word."""
    casts: list[ast.stmt] = []
    for argument in node.args.args:
        declared = argument.annotation.id if isinstance(argument.annotation, ast.Name) else ""
        if declared in POINTERS or declared in viper.WORDS:
            value = _call(viper.WORDS.get(declared, declared), argument, ast.Name(argument.arg, ast.Load()))
            casts.append(ast.copy_location(ast.Assign([ast.Name(argument.arg, ast.Store())], value), argument))
    return casts
