"""A copy of the library whose source announces each access of what threads may share. See `controlled`.

    library = copy_of()                                            as it stands
    library = copy_of({"threadsafe/parking.py": [(old, new)]})     with a defect: a mutant

The copy is made from the .py files, by rewriting their syntax trees; nothing else of them changes. Announced are:
attributes that anything but an `__init__` stores (what only `__init__` stores is published as it is, and stays), slots,
global names that a function sets, and every operation of a deque, a lock, an eventfd and the clock; of a list that an
attribute of `threadsafe` is made with, its length, `pop` and `clear`; of a WeakKeyDictionary `setdefault`. Not
announced: what else a method of a list, dict or set does, and iteration. The library does no such thing to what threads
share. An `except BaseException` lets the end of the run pass.
"""

import ast
import importlib
import itertools
from importlib.machinery import SourceFileLoader
from pathlib import Path
from sys import meta_path, modules

import controlled

from twincore.core._variant import SecondCopyFinder

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
FOLDERS = ("core", "threadsafe")
LAZY = {
    "batches": ("PutMany", "GetMany", "Batches", "put_many_in_thread", "get_many_in_thread"),
    "joining": ("Joined",),
}  # of `threadsafe`, what its methods load as they are called
GIVEN = {
    "_explore_read": controlled.read,
    "_explore_write": controlled.write,
    "_explore_item": controlled.item,
    "_explore_index": controlled.index,
    "_explore_read_global": controlled.read_global,
    "_explore_set_global": controlled.set_global,
    "_explore_list": controlled.List,
    "_explore_caught": controlled.caught,
}
_numbers = itertools.count()
_stored = set()
_compiled = {}  # file -> code, of those that stand as they are


def stored_names():
    """Names of attributes that are stored outside `__init__`, or in it of anything but `self`."""
    if not _stored:
        for folder in FOLDERS:
            for path in (ROOT / folder).glob("*.py"):
                Stores().visit(ast.parse(path.read_text()))
    return _stored


class InFunctions(ast.NodeTransformer):
    """Knows whether it is in an `__init__`."""

    in_init = False

    def visit_FunctionDef(self, node):
        before, self.in_init = self.in_init, node.name == "__init__"
        self.generic_visit(node)
        self.in_init = before
        return node

    visit_AsyncFunctionDef = visit_FunctionDef
    visit_Lambda = ast.NodeTransformer.generic_visit

    def is_own_in_init(self, node):
        return self.in_init and isinstance(node.value, ast.Name) and node.value.id == "self"


class Stores(InFunctions):
    def visit_Attribute(self, node):
        if not isinstance(node.ctx, ast.Load) and not self.is_own_in_init(node):
            _stored.add(node.attr)
        return self.generic_visit(node)


class Announce(InFunctions):
    """Rewrites a module."""

    def __init__(self, path, tree):
        self.path = path
        self.attributes = stored_names()
        self.globals = {n for node in ast.walk(tree) if isinstance(node, ast.Global) for n in node.names}
        self.declared = set()

    def call(self, name, *args):
        return ast.Call(ast.Name(name, ast.Load()), list(args), [])

    def site(self, node, what):
        return ast.Constant(f"{self.path}:{node.lineno} {what}")

    def announce(self, node, name):
        call = "_explore_read" if isinstance(node.ctx, ast.Load) else "_explore_write"
        node.value = self.call(call, node.value, ast.Constant(name), self.site(node, name))
        return node

    def visit_Attribute(self, node):
        own = not isinstance(node.ctx, ast.Load) and self.is_own_in_init(node)
        self.generic_visit(node)
        return node if own or node.attr not in self.attributes else self.announce(node, node.attr)

    def visit_Subscript(self, node):
        self.generic_visit(node)
        if isinstance(node.ctx, ast.Load) and not isinstance(node.slice, ast.Slice):
            return self.call("_explore_item", node.value, node.slice, self.site(node, "[]"))
        if isinstance(node.slice, ast.Slice):
            return self.announce(node, controlled.WHOLE)
        kept = "_explore_target"  # evaluated before the index, whose own steps come before this one
        node.value = ast.NamedExpr(ast.Name(kept, ast.Store()), node.value)
        node.slice = self.call("_explore_index", ast.Name(kept, ast.Load()), node.slice, self.site(node, "[]"))
        return node

    def visit_AugAssign(self, node):
        """`a.x += 1` is two accesses."""
        if isinstance(node.target, ast.Name) and node.target.id not in self.declared:
            return self.generic_visit(node)
        before = ast.parse(ast.unparse(node.target), mode="eval").body
        for part in ast.walk(before):
            ast.copy_location(part, node.target)
        value = ast.copy_location(ast.BinOp(before, node.op, node.value), node)
        return self.visit(ast.copy_location(ast.Assign([node.target], value), node))

    def visit_FunctionDef(self, node):
        before = self.declared
        self.declared = {n for part in ast.walk(node) if isinstance(part, ast.Global) for n in part.names}
        InFunctions.visit_FunctionDef(self, node)
        self.declared = before
        return node

    visit_AsyncFunctionDef = visit_FunctionDef

    def about(self, node, name):
        return [ast.Name("_explore_module", ast.Load()), ast.Constant(name), self.site(node, name)]

    def visit_Name(self, node):
        if node.id not in self.globals or not isinstance(node.ctx, ast.Load):
            return node
        return ast.BoolOp(ast.Or(), [self.call("_explore_read_global", *self.about(node, node.id)), node])

    def visit_Assign(self, node):
        self.generic_visit(node)
        if isinstance(node.targets[0], ast.Attribute) and self.path.startswith("threadsafe/"):
            node.value = self.list_of(node.value)
        for target in node.targets:
            if isinstance(target, ast.Name) and target.id in self.declared:
                node.value = self.call("_explore_set_global", node.value, *self.about(node, target.id))
        return node

    def visit_ExceptHandler(self, node):
        """What the library goes on after, whatever it is: not the end of a run."""
        self.generic_visit(node)
        if node.type is None or (isinstance(node.type, ast.Name) and node.type.id == "BaseException"):
            node.body.insert(0, ast.Expr(self.call("_explore_caught")))
        return node

    def list_of(self, value):
        if isinstance(value, ast.IfExp):
            value.body, value.orelse = self.list_of(value.body), self.list_of(value.orelse)
        return self.call("_explore_list", value) if isinstance(value, ast.List) else value

    def visit_ImportFrom(self, node):
        return [self.replaced(node, node.module, part) for part in node.names]

    def visit_Import(self, node):
        return [self.replaced(node, part.name, part, True) for part in node.names]

    def replaced(self, node, module, part, whole=False):
        known = None if whole else part.name
        if getattr(node, "level", 0) or (module, known) not in controlled.REPLACED:
            return ast.Import([part]) if whole else ast.ImportFrom(module, [part], node.level)
        value = ast.Subscript(
            ast.Name("_explore_replaced", ast.Load()),
            ast.Tuple([ast.Constant(module), ast.Constant(known)], ast.Load()),
            ast.Load(),
        )
        return ast.Assign([ast.Name(part.asname or part.name, ast.Store())], value)


class Loader(SourceFileLoader):
    """Loads one module of a copy."""

    def __init__(self, name, path, changes):
        SourceFileLoader.__init__(self, name, path)
        self.changes = changes

    def get_code(self, fullname):
        short = Path(self.path).resolve().relative_to(ROOT).as_posix()
        changes = self.changes.get(short)
        if changes is None and short in _compiled:
            return _compiled[short]
        text = Path(self.path).read_text()
        for old, new in changes or ():
            if text.count(old) != 1:
                raise AssertionError(f"{short} has {text.count(old)} places for this change, not 1: {old!r}")
            text = text.replace(old, new)
        tree = ast.parse(text)
        announce = Announce(short, tree)
        tree = ast.fix_missing_locations(announce.visit(tree))
        tree.body += ast.parse(f"_explore_globals = {sorted(announce.globals)!r}").body
        code = compile(tree, self.path, "exec", dont_inherit=True)
        if changes is None:
            _compiled[short] = code
        return code

    def exec_module(self, module):
        vars(module).update(GIVEN, _explore_module=module, _explore_replaced=controlled.REPLACED)
        SourceFileLoader.exec_module(self, module)


class Finder(SecondCopyFinder):
    def __init__(self, root, changes):
        SecondCopyFinder.__init__(self, root)
        self.changes = changes
        self.used = set()

    def find_spec(self, name, path=None, target=None):
        spec = SecondCopyFinder.find_spec(self, name, path, target)
        if spec is not None and spec.origin:
            short = Path(spec.origin).resolve().relative_to(ROOT).as_posix()
            self.used |= {short} & set(self.changes)
            spec.loader = Loader(name, spec.origin, self.changes)
        return spec


class Copy:
    """`core` and `threadsafe` of one copy, all loaded: an import in the middle of a run would be real, and block."""

    def __init__(self, changes):
        self.root = f"twincore_explored{next(_numbers)}"
        finder = Finder(self.root, changes)
        meta_path.insert(0, finder)
        controlled.State.loading = True
        try:
            self.core = importlib.import_module(self.root + ".core")
            self.threadsafe = importlib.import_module(self.root + ".threadsafe")
            self.parking = importlib.import_module(self.root + ".threadsafe.parking")
            for module in (
                "deadline",
                "timeouts",
                "closing",
                "misuse",
                "taskgroup",
                "gathering",
                "scope",
                "event",
                "foreign_cpython",
            ):
                importlib.import_module(f"{self.root}.core.{module}")
            for module, names in LAZY.items():
                for name in names:
                    self.core.lazy.above("threadsafe." + module, name)
            self.core.lazy.load("foreign_cpython", "awaited")
            for name in self.threadsafe._MODULES:
                getattr(self.threadsafe, name)
        finally:
            controlled.State.loading = False
            meta_path.remove(finder)
        assert finder.used == set(changes), "a file to be changed is not part of the library"
        self._globals = [
            (module, name, vars(module)[name])
            for full, module in list(modules.items())
            if full.startswith(self.root + ".")
            for name in vars(module).get("_explore_globals", ())
            if name in vars(module)
        ]

    def forget(self):
        """Let its modules go: it is not to be used again."""
        for name in [name for name in modules if name.partition(".")[0] == self.root]:
            del modules[name]

    def reset(self):
        """Global names and locks as they were when it was loaded."""
        for lock in controlled.outside:
            lock._locked = False
        controlled.OS.reset()
        for module, name, value in self._globals:
            vars(module)[name] = value


def copy_of(changes=None):
    """A copy of the library, with `changes`: file -> [(text that occurs once in it, what takes its place)]."""
    return Copy(changes or {})
