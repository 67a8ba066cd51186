"""What interrupts and threads touch, found in the source: for test_one_rule.py.

Functions that are given to `.irq(`, `callback=`, `start_new_thread`, `assign` of a Worker and `micropython.schedule`,
or to a function that gives its argument to one of these, run in a foreign context. They are followed into the methods
and functions that they call, as far as it can be seen what these are; a function given away of which that can't be seen
is a breach, too. What is not seen: attributes that are set from outside of their class, and what users hand in.
"""

import ast
from collections import namedtuple

Breach = namedtuple("Breach", "where line what")
Value = namedtuple("Value", "kind module name node owner")  # kind: function, instance, module, import, unknown
UNKNOWN = Value("unknown", None, None, None, None)

# What of `core` any context may use: MicroPython's own flag, and what is neither task nor loop.
CORE = {"ThreadSafeFlag", "MICROPYTHON", "COMPILED", "fence", "ident", "UNITS_PER_MS", "CLOCK_HZ"}
CORE_METHODS = {"ThreadSafeFlag": {"set"}}
ERRORS = ("core.errors", "core.queue_errors")
DOORS = ("threadsafe", "offload")  # made for any context; their own tests see to that
OF_A_LOOP = {"clock"}  # `loop.clock.now()`
ANY_CONTEXT = {("primitives.delay_ms", "Delay_ms"): {"trigger", "stop", "running", "rvalue"}}
SCHEDULER_METHODS = {  # of an object that nothing is known of
    "add_waiter", "call_exception_handler", "call_later", "call_soon", "cancel", "create_task", "expire", "finish",
    "get_nowait", "hand", "notify", "notify_all", "park", "put_nowait", "run_until_complete", "shutdown", "task_done",
    "throw", "unpark", "wake", "wake_all",
}  # fmt: skip
SINKS = {"irq": (0, "handler"), "start_new_thread": (0, "function"), "assign": (0, "func"), "schedule": (0, "func")}
TASK_WORDS = {ast.Await: "await", ast.AsyncFor: "async for", ast.AsyncWith: "async with", ast.Yield: "yield"}


class Module:
    """A module's tree: what it imports, its functions, and its classes with their methods and attributes."""

    def __init__(self, name, source):
        self.name = name
        self.tree = ast.parse(source)
        self.imports = {}  # name here -> (module, name there)
        self.functions = {}
        self.classes = {}
        package = name.split(".")[0]
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ImportFrom):
                base = {0: "", 1: package, 2: ""}[node.level]
                found = ".".join(part for part in (base, node.module) if part)
                for alias in node.names:
                    self.imports[alias.asname or alias.name] = (found, alias.name)
            elif isinstance(node, ast.Import):
                for alias in node.names:
                    self.imports[alias.asname or alias.name] = (alias.name, None)
        for node in self.tree.body:
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                self.functions[node.name] = node
            elif isinstance(node, ast.ClassDef):
                self.classes[node.name] = Class(node)


class Class:
    def __init__(self, node):
        self.name = node.name
        self.bases = [base.id for base in node.bases if isinstance(base, ast.Name)]
        self.methods = {
            child.name: child for child in node.body if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef))
        }
        self.attributes = {}  # name -> what was assigned to it first that is not None, and the method where
        for method in self.methods.values():
            for child in ast.walk(method):
                if isinstance(child, ast.Assign):
                    for target in child.targets:
                        if _is_self(target) and not isinstance(child.value, ast.Constant):
                            self.attributes.setdefault(target.attr, (child.value, method))


def _is_self(node):
    return isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self"


class Program:
    """All modules, by name: `Program({"primitives.encoder": source, ...}).check()` finds what breaks the rule.

    `foreign`, after that: the functions that run in a foreign context, as "primitives.encoder:_Contacts.moved".
    """

    def __init__(self, sources):
        self.modules = {name: Module(name, source) for name, source in sources.items()}
        self.foreign = {}
        self.breaches = []
        self._sinks = {}  # (module, function's name) -> the parameters that it gives away

    def check(self):
        while self._find_sinks():
            pass
        for module in self.modules.values():
            for owner, function in self._all_functions(module):
                for call, argument in self._given_away(module, function):
                    self._enter_value(module, owner, function, call, argument)
        return self.breaches

    def _all_functions(self, module):
        yield None, module.tree
        for node in module.functions.values():
            yield None, node
        for owner in module.classes.values():
            for node in owner.methods.values():
                yield owner, node

    def _given_away(self, module, function):
        """(the call, the argument) of each function that `function` gives to a foreign context."""
        for call in _own_nodes(function):
            if not isinstance(call, ast.Call):
                continue
            for index, keyword in self._parameters_of(module, call):
                if index is not None and index < len(call.args):
                    yield call, call.args[index]
                for given in call.keywords:
                    if given.arg == keyword:
                        yield call, given.value

    def _parameters_of(self, module, call):
        found = [(None, "callback")]
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", None)
        if name in SINKS and (name != "schedule" or self._is_micropythons(module, call.func)):
            found.append(SINKS[name])
        if isinstance(call.func, ast.Name):
            where = module.imports.get(name, (module.name, name))
            found += self._sinks.get(where, [])
        return found

    def _is_micropythons(self, module, func):
        name = func.value.id if isinstance(func, ast.Attribute) and isinstance(func.value, ast.Name) else None
        if name is None:
            return isinstance(func, ast.Name) and module.imports.get(func.id, ("",))[0] == "micropython"
        return module.imports.get(name, ("",))[0] == "micropython"

    def _find_sinks(self):
        """Note the functions that give a parameter away. True if there was a new one."""
        before = sum(map(len, self._sinks.values()))
        for module in self.modules.values():
            for name, function in module.functions.items():
                parameters = [argument.arg for argument in function.args.args]
                for _, given in self._given_away(module, function):
                    if isinstance(given, ast.Name) and given.id in parameters:
                        entry = (parameters.index(given.id), given.id)
                        sinks = self._sinks.setdefault((module.name, name), [])
                        if entry not in sinks:
                            sinks.append(entry)
        return sum(map(len, self._sinks.values())) > before

    # What an expression is.

    def _value(self, module, owner, function, node):
        if isinstance(node, ast.Lambda):
            return Value("function", module, f"lambda in line {node.lineno}", node, owner)
        if isinstance(node, ast.Name):
            return self._name(module, owner, function, node.id)
        if isinstance(node, ast.Attribute):
            if _is_self(node) and owner is not None:
                return self._member(module, owner, node.attr)
            held = self._value(module, owner, function, node.value)
            if held.kind == "instance" and held.owner is not None:
                return self._member(held.module, held.owner, node.attr)
            if held.kind in ("import", "instance"):
                return Value("import", held.module, f"{held.name}.{node.attr}", None, None)
        if isinstance(node, ast.Call):
            made = self._value(module, owner, function, node.func)
            if made.kind == "class":
                return made._replace(kind="instance")
            if made.kind == "import":
                return made._replace(kind="instance")
        return UNKNOWN

    def _name(self, module, owner, function, name):
        for node in _own_nodes(function):
            if isinstance(node, ast.FunctionDef) and node.name == name and node is not function:
                return Value("function", module, name, node, owner)
            if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == name for t in node.targets):
                if not isinstance(node.value, ast.Name) or node.value.id != name:
                    return self._value(module, owner, function, node.value)
        return self._global(module, name)

    def _global(self, module, name):
        if name in module.functions:
            return Value("function", module, name, module.functions[name], None)
        if name in module.classes:
            return Value("class", module, name, None, module.classes[name])
        for node in module.tree.body:
            if isinstance(node, ast.Assign) and any(_last_name(target) == name for target in node.targets):
                return self._value(module, None, module.tree, node.value)
        if name not in module.imports:
            return UNKNOWN
        where, there = module.imports[name]
        if there is not None and where in self.modules and where.split(".")[0] not in ("core", *DOORS):
            return self._global(self.modules[where], there)
        return Value("import", where, there or "", None, None)

    def _member(self, module, owner, name):
        """A method or an attribute of an object of a class."""
        if name in owner.methods:
            return Value("function", module, f"{owner.name}.{name}", owner.methods[name], owner)
        if name in owner.attributes:
            value, method = owner.attributes[name]
            return self._value(module, owner, method, value)
        for base in owner.bases:
            found = self._global(module, base)
            if found.kind == "class":
                member = self._member(found.module, found.owner, name)
                if member is not UNKNOWN:
                    return member
        return UNKNOWN

    # What foreign functions do.

    def _enter_value(self, module, owner, function, call, argument):
        if isinstance(argument, ast.Constant) and argument.value is None:
            return
        where = f"{module.name}:{getattr(function, 'name', '')}"
        if isinstance(argument, ast.Name) and function in module.functions.values():
            if argument.id in [each.arg for each in function.args.args]:
                return  # the function is a sink: its callers are looked at
        value = self._value(module, owner, function, argument)
        if value.kind == "function":
            self._enter(value)
        elif value.kind == "import" and isinstance(value.module, str):
            self._check_import(where, call.lineno, value)
        else:
            self.breaches.append(Breach(where, call.lineno, f"can't tell what {ast.unparse(argument)} is"))

    def _enter(self, value):
        where = f"{value.module.name}:{value.name}"
        if where in self.foreign:
            return
        self.foreign[where] = value
        if isinstance(value.node, ast.AsyncFunctionDef):
            self.breaches.append(Breach(where, value.node.lineno, "is a coroutine function"))
        for node in _own_nodes(value.node):
            self._check_node(where, value, node)

    def _check_node(self, where, value, node):
        module, owner, function = value.module, value.owner, value.node
        breach = None
        for kind, word in TASK_WORDS.items():
            if isinstance(node, kind):
                breach = word
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            found = self._name(module, owner, function, node.id)
            if found.kind == "import" and node.id in module.imports:
                self._check_import(where, node.lineno, found)
        if isinstance(node, ast.Attribute) and _last_name(node.value) in ("loop", "_loop"):
            if node.attr not in OF_A_LOOP:
                breach = ast.unparse(node)
        if isinstance(node, ast.Call):
            found = self._value(module, owner, function, node.func)
            if found.kind == "function" and self._may_be_called(found):
                self._enter(found)
            elif found.kind == "import":
                self._check_import(where, node.lineno, found)
            elif found is UNKNOWN and isinstance(node.func, ast.Attribute) and node.func.attr in SCHEDULER_METHODS:
                breach = ast.unparse(node.func)
        if breach:
            self.breaches.append(Breach(where, node.lineno, breach))

    def _may_be_called(self, found):
        """Whether a method is to be looked into: not if it is known to be right."""
        if found.owner is None:
            return True
        allowed = ANY_CONTEXT.get((found.module.name, found.owner.name), ())
        return found.node.name not in allowed

    def _check_import(self, where, line, found):
        name, _, method = found.name.partition(".")
        if found.module in ERRORS or (name == "get_event_loop" and method.split(".")[0] in OF_A_LOOP):
            return
        allowed = name in CORE and (not method or method in CORE_METHODS.get(name, ()))
        if found.module.split(".")[0] == "core" and not allowed:
            self.breaches.append(Breach(where, line, f"{found.name} of {found.module}"))


def _last_name(node):
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", None)


def _own_nodes(function):
    """All nodes of a function or module but those in functions and classes inside, which are themselves among them."""
    if isinstance(function, ast.Lambda):
        yield from ast.walk(function.body)
        return
    waiting = list(function.body)
    while waiting:
        node = waiting.pop(0)
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            waiting += ast.iter_child_nodes(node)
