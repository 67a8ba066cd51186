"""Modules that are loaded when they are first used, so that a board pays for nothing else. Any context but a hard ISR.

MicroPython's import takes no lock: of two threads that load a module at once, one would find it half made.
"""

from .native import MICROPYTHON, allocate_lock, ident

_package = __name__.rpartition(".")[0] + "."
_loading = allocate_lock()
_loader = None  # the thread that has the lock
if not MICROPYTHON:
    _found = {}  # (module, name) -> what it is: an import takes a microsecond. A board has no room for it


def load(module, name):
    """`name` of the module `module` of this folder."""
    return _load(_package + module, name)


def above(folder, name):
    """`name` of the folder `folder`, one that stands above this one: loaded when it is used, and where it is installed.

    ImportError if it is not.
    """
    return _load(_package[:-5] + folder, name)  # less "core."


def make_room(names, count):
    """Let `names`, the globals of a package, take in `count` modules that are loaded later. For boards.

    The table grows by moving, and another core that looks something up in it meanwhile would not find it.
    """
    for number in range(count):
        names[str(number)] = None
    for number in range(count):
        del names[str(number)]


def submodule(package, name):
    """The module `name` of `package`. AttributeError if there is none.

    For `from . import name` on a board: a package's `__getattr__` is asked before its folder is looked at.
    """
    if MICROPYTHON and name[0] != "_":
        try:
            return __import__(package + "." + name, None, None, ("*",))
        except ImportError:
            pass
    raise AttributeError(package + " has no " + name)


def keep(names, name, value):
    """Have a package, whose globals are `names`, know `name` from now on. On a board in its table `_found`.

    That is replaced whole, never changed: another core may look something up in it.
    """
    if MICROPYTHON:
        found = names["_found"].copy()
        found[name] = value
        names["_found"] = found
    else:
        names[name] = value


if MICROPYTHON:

    def seldom(obj, others, name):
        """`obj.name`, a method that a board has in another class, `others`: see desktop.for_board."""
        method = getattr(others, name)
        return lambda *args, **named: method(obj, *args, **named)


def ahead(*modules):
    """Load those `modules` that are installed, as in "threadsafe.parking", which what comes next may need. For boards.

    Bottom up, so that no import finds much to import in turn: a board's stack holds a few nested ones only.
    """
    for module in modules:
        try:
            above(module, "__name__")
        except ImportError:
            pass


def _load(module, name):
    global _loader
    if not MICROPYTHON:
        found = _found.get((module, name))
        if found is not None:
            return found
    nested = _loader == ident()  # a scheduled function, or a signal handler, cut into its own thread's loading
    if not nested:
        _loading.acquire()
        _loader = ident()
    try:
        found = getattr(__import__(module, None, None, (name,)), name)
        if not MICROPYTHON:
            _found[module, name] = found
        return found
    finally:
        if not nested:
            _loader = None
            _loading.release()
