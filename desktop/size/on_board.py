"""The scripts with which the emulated board measures its own heap. They run there, so here they are texts.

All count what is left after a collection, so garbage costs nothing.
"""

# argv: names of modules. Prints a line after importing each: its name, the bytes held since the start, and the modules
# of twincore that there are by then.
IMPORTS = """\
import gc
import sys


def held():
    gc.collect()
    return gc.mem_alloc()


before = held()
for name in sys.argv[1:]:
    __import__(name)
    heap = held() - before
    print(name, heap, *(name for name in sys.modules if name.startswith("twincore.")))
"""

# argv: names of modules. Imports each, and prints "name own-heap" for it and for whatever it imports in turn, without
# what those import themselves; "name !error" for what can't be imported on this board.
# The hook is told relative names, and not by whom: it knows what is being imported. All packages of twincore are flat.
EACH_IMPORT = """\
import builtins
import gc
import sys

import twincore  # not a part of any layer

real = __import__
packages = [None] * 40  # of the modules that are being imported, outermost first
inner = [0] * 40  # what those at the same depth have taken, with all that they imported
depth = 0


def held():
    gc.collect()
    return gc.mem_alloc()


def full_name(name, level):
    if not level:
        return name
    package = packages[depth]
    for _ in range(level - 1):
        package = package.rpartition(".")[0]
    return package + "." + name if name else package


def measured(name, scope=None, its_locals=None, names=None, level=0):
    global depth
    name = full_name(name, level)
    if not name.startswith("twincore.") or name in sys.modules:
        return real(name, None, None, names or ())
    depth += 1
    packages[depth] = name if name.count(".") == 1 else name.rpartition(".")[0]
    inner[depth] = 0
    before = held()
    try:
        module = real(name, None, None, names or ())
    finally:
        own = inner[depth]
        depth -= 1
    took = held() - before
    inner[depth] += took
    print(name, took - own)
    return module


builtins.__import__ = measured
for name in sys.argv[1:]:
    try:
        measured(name, None, None, ("*",))
    except Exception as error:
        print(name, "!" + type(error).__name__)
"""

# Beside an application: prints the least free heap so far, and what is imported, behind a byte that a program's own
# output hardly has. The timer's callback is a soft one: it runs between two bytecodes of core 0, and in its waits.
WATCH = """\
import gc
import sys

from machine import Timer

_lowest = 1 << 29
_count = 0


def look(timer=None):
    global _lowest, _count
    gc.collect()
    free = gc.mem_free()
    if free < _lowest:
        _lowest = free
        print("\\x01free", free)
    if len(sys.modules) != _count:
        _count = len(sys.modules)
        print("\\x01modules", *sys.modules)


timer = Timer()


def start():
    look()
    timer.init(period={period}, callback=look)
"""

WATCHED = """\
import {watch}
{watch}.start()
__import__("sys").argv[:] = {argv!r}
__file__ = {name!r}
try:
    execfile({name!r})
finally:
    {watch}.timer.deinit()
    {watch}.look()
"""
