"""Which variant of the library runs on CPython: the modules compiled by Cython, or the plain .py files they come from.

Two environment variables decide it, read when `twincore.core` is first imported:

    TWINCORE_PURE=1              every module is loaded from its .py, even where a compiled one lies beside it
    TWINCORE_REQUIRE_COMPILED=1  the import fails, naming the modules that are not compiled

`PlainFinder` does the first; `twincore.desktop.pure` uses it to import the whole library a second time as
`twincore_pure`, where neither variable counts. Not for MicroPython, which has nothing but .py.
"""

import importlib.util
import os
import sys
from importlib.machinery import EXTENSION_SUFFIXES, ModuleSpec

FOLDERS = ("core", "threadsafe", "primitives", "drivers", "offload")  # what a board holds too, and what may be compiled
ROOT = __name__.partition(".")[0]  # "twincore", or the name of a second copy
BUILD = "To build them, with a C compiler: pip install -e . in a checkout, else pip install --force-reinstall twincore"


def asked(variable):
    return ROOT == "twincore" and os.environ.get(variable, "") not in ("", "0")


class PlainFinder:
    """A meta-path finder: the modules inside the packages of `root` come from .py files and from nothing else."""

    def __init__(self, root):
        self.root = root

    def find_spec(self, name, path=None, target=None):
        parts = name.split(".")
        if parts[0] != self.root:
            return None
        if len(parts) < 3:
            return self.find_top(name, parts)
        if self.root == "twincore" and parts[1] not in FOLDERS:
            return None
        for folder in path or ():
            package = os.path.join(folder, parts[-1])
            init = os.path.join(package, "__init__.py")
            if os.path.isfile(init):
                return importlib.util.spec_from_file_location(name, init, submodule_search_locations=[package])
            if os.path.isfile(package + ".py"):
                return importlib.util.spec_from_file_location(name, package + ".py")
        # Not None: the ordinary finder, asked next, would take a compiled module of that name.
        raise ModuleNotFoundError(f"{name!r} has no .py file, and compiled modules do not count here", name=name)

    def find_top(self, name, parts):
        """`root` itself and its packages; None leaves them to the ordinary import (they are never compiled)."""
        return


class SecondCopyFinder(PlainFinder):
    """A plain copy of `twincore`, from the same files, under the name `root`."""

    def find_top(self, name, parts):
        if len(parts) == 1:
            spec = ModuleSpec(name, None, is_package=True)
            spec.submodule_search_locations = []  # a namespace package, as `twincore` is
            return spec
        original = importlib.util.find_spec("twincore." + parts[1])
        if original is None or not original.origin:
            return None
        return importlib.util.spec_from_file_location(
            name, original.origin, submodule_search_locations=list(original.submodule_search_locations)
        )


def is_extension(path):
    return path is not None and path.endswith(tuple(EXTENSION_SUFFIXES))


def compilable():
    """(module, folder's path, stem) of every module that a .pxd or .pyx beside its .py says is to be compiled."""
    found = []
    for name in FOLDERS:
        spec = importlib.util.find_spec("twincore." + name)
        for folder in spec.submodule_search_locations if spec else ():
            stems = {f[:-4] for f in os.listdir(folder) if f.endswith((".pxd", ".pyx"))}
            found += [(f"twincore.{name}.{stem}", folder, stem) for stem in sorted(stems)]
    return found


def not_compiled():
    """Names of the modules that should be compiled and are not: no extension on disk, or the .py was loaded."""
    missing = []
    for module, folder, stem in compilable():
        loaded = sys.modules.get(module)
        path = os.path.join(folder, stem)
        if not any(os.path.exists(path + suffix) for suffix in EXTENSION_SUFFIXES) or (
            loaded is not None and not is_extension(getattr(loaded, "__file__", None))
        ):
            missing.append(module)
    return missing


def check(compiled):
    """The last thing `twincore.core` does: refuse to run uncompiled where TWINCORE_REQUIRE_COMPILED=1 forbids it."""
    if asked("TWINCORE_REQUIRE_COMPILED"):
        missing = not_compiled()
        if missing or not compiled:
            names = ", ".join(missing) or "twincore.core"
            text = f"TWINCORE_REQUIRE_COMPILED=1, but not compiled: {names}. {BUILD}"
            raise ImportError(text, name=names.split(",")[0])


if asked("TWINCORE_PURE"):
    if asked("TWINCORE_REQUIRE_COMPILED"):
        raise ImportError("TWINCORE_PURE=1 and TWINCORE_REQUIRE_COMPILED=1 contradict each other: unset one of them")
    if not any(type(finder) is PlainFinder for finder in sys.meta_path):
        sys.meta_path.insert(0, PlainFinder("twincore"))
