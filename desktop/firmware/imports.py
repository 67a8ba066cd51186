"""`import` as an application on a simulated board sees it: its own modules, MicroPython's, and no others.

In order: the board's modules (`mp_*.py`), `utime` and the like, the application's files, twincore's packages, the
aliases, which have the names of micropython-async's packages, and what `allow` lets in of the desktop. Each world has
its own; the process's `sys.modules` is not touched. As on a board there is no lock around an import: a module that is
being imported is there for others as far as it has got.

A folder of the application's with the name of an alias (`primitives/tests/`) adds to that package, as if it had been
copied into it; with an `__init__.py` it is the application's own package, and takes its place.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from threading import RLock
from types import CodeType, ModuleType
from typing import TYPE_CHECKING, Any

from . import missing, modules, standard
from .dialect import compile_source

if TYPE_CHECKING:
    from .world import World

SHARED = ("twincore.core", "twincore.threadsafe", "twincore.offload")  # the process's own, compiled
PER_WORLD = ("twincore.primitives", "twincore.drivers")  # from their files: they import `machine`; but see `_submodule`
LAZY = "twincore.core.lazy"
FROZEN = ("dht", "neopixel", "ntptime", "requests", "urequests")  # in Python on boards: the application's own are first
PLATFORMS = {  # modules that some boards only have
    "pyb": "pyboard", "stm": "pyboard", "lcd160cr": "pyboard", "rp2": "rp2", "esp": "esp32", "esp32": "esp32",
}


@cache
def board_modules() -> frozenset[str]:
    """The names of MicroPython's modules that there are."""
    found = pkgutil.iter_modules([str(Path(__file__).parent)])
    names = {info.name[3:] for info in found if info.name.startswith("mp_")}
    parts = {name for name in names if any(name.startswith(f"{other}_") for other in names)}  # machine_pin
    return frozenset(names - parts | set(standard.NAMES))


def aliases_folder() -> Path:
    """Where the aliases are."""
    from ..targets import staging

    return staging.aliases_folder()


@cache
def aliases() -> frozenset[str]:
    """The names that an application may call parts of twincore by."""
    return frozenset(info.name for info in pkgutil.iter_modules([str(aliases_folder())]))


@lru_cache(maxsize=1000)
def _code_of(path: Path, _mtime_ns: int, _size: int) -> CodeType:
    return compile_source(path.read_text("utf-8-sig"), str(path))


def code_of(path: Path) -> CodeType:
    """The file's code, compiled once for all the boards in this process. OSError, SyntaxError."""
    found = path.stat()
    return _code_of(path, found.st_mtime_ns, found.st_size)


class Imports:
    """The modules of one world. `modules` is what the application sees as `sys.modules`."""

    def __init__(self, world: World, paths: Sequence[Path], allow: Iterable[str]) -> None:
        self.modules: dict[str, ModuleType] = {}
        self.path = ["", ".frozen", "/lib"]  # the application's sys.path
        self.paths = [folder for path in paths for folder in (path, path / "lib")]  # the first entry
        self.allow = frozenset(allow)
        self._world = world
        self._making = RLock()  # pyb is made of machine's

    def import_module(self, name: str) -> ModuleType:
        """The module `name`, with its parents. ImportError that says what there is instead."""
        module = self.modules.get(name)
        if module is not None:
            return module
        parent_name, _, tail = name.rpartition(".")
        if not parent_name:
            return self._top(name)
        parent = self.import_module(parent_name)
        module = self.modules.get(name) or self._submodule(parent, tail)
        if module is None:
            raise ImportError(f"no module named {name!r}: {parent_name} has no {tail}", name=name)
        self.modules[name] = module
        return module

    def builtin_import(
        self,
        name: str,
        globals: Mapping[str, Any] | None = None,
        locals: Mapping[str, Any] | None = None,
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> ModuleType:
        """The application's `__import__`."""
        absolute = _absolute(name, globals or {}, level) if level else name
        module = self.import_module(absolute)
        if not fromlist:
            if level:  # `from . import x` always has a list
                return module
            return self.modules[name.partition(".")[0]]
        for wanted in fromlist:
            if wanted == "*":
                for public in getattr(module, "__all__", ()):
                    self._attribute(module, public)
            else:
                self._attribute(module, wanted)
        return module

    def _attribute(self, module: ModuleType, name: str) -> None:
        """Import it if it is a submodule that has not been imported; what it is not, the importing statement finds."""
        if hasattr(module, name):
            return
        if hasattr(module, "__path__"):
            self._submodule(module, name)
        elif "__getattr__" in vars(module) and module.__name__ in board_modules():
            raise ImportError(missing.name_text(module.__name__, name, vars(module)), name=module.__name__)

    def _top(self, name: str) -> ModuleType:
        module = (
            (self._of_files(name) if name in FROZEN else None)
            or self._of_board(name)
            or (self._of_board(name[1:]) if name.startswith("u") else None)
            or self._of_files(name)
            or self._of_mounted(name)
            or self._of_library(name)
            or self._of_aliases(name)
            or self._allowed(name)
        )
        if module is None:
            raise ImportError(self._missing(name), name=name)
        self.modules.setdefault(name, module)
        return module

    def _of_board(self, name: str) -> ModuleType | None:
        if name in self.modules:
            return self.modules[name]
        if name not in board_modules() or PLATFORMS.get(name, self._platform()) != self._platform():
            return None
        with self._making:
            if name not in self.modules:
                if name in standard.NAMES:
                    self.modules[name] = modules.like(name, standard.NAMES[name])
                else:
                    made = importlib.import_module(f"{__package__}.mp_{name}").make(self._world)
                    self.modules[name] = modules.explaining(made) if name in missing.NAMES_NOT_SIMULATED else made
            return self.modules[name]

    def _platform(self) -> str:
        return self._world.board.kind.platform

    def _folders(self) -> Iterator[Path]:
        """Where the application's modules are looked for, in order."""
        for entry in self.path:
            if entry == "":
                yield from self.paths
            elif entry != ".frozen" and not self._world.mounts.is_of_application(entry):
                yield self._world.files.real(entry)

    def _of_files(self, name: str) -> ModuleType | None:
        for folder in self._folders():
            found = _in_folder(folder, name)
            if found is None or (found.is_dir() and (aliases_folder() / name).is_dir()):  # it adds to the alias
                continue
            from ..targets.staging import PORTABLE

            if name not in PORTABLE or found.parent.resolve() != _library_folder(f"twincore.{name}"):
                return self._load(name, found)
        return None

    def _of_mounted(self, name: str) -> ModuleType | None:
        """From the file systems that the application has mounted, of the folders on its path."""
        for entry in self.path:
            found = self._world.mounts.module_file(entry, name)
            if found is not None:
                return self._load_mounted(name, found)
        return None

    def _load_mounted(self, name: str, path: str) -> ModuleType:
        module = ModuleType(name)
        module.__file__ = path
        package = path.endswith("/__init__.py")
        if package:
            module.__path__ = [path.rpartition("/")[0]]
        module.__package__ = name if package else name.rpartition(".")[0]
        vars(module)["__builtins__"] = self._world.builtins
        return self._run(module, self.code_at(path))

    def code_at(self, path: str) -> CodeType:
        """The code of the board's file `path`. OSError, SyntaxError."""
        if not self._world.mounts.is_of_application(path):
            return code_of(self._world.files.real(path))
        file = self._world.mounts.open(path, "rb")
        try:
            return compile_source(bytes(file.read()).decode(), path)
        finally:
            file.close()

    def _of_library(self, name: str) -> ModuleType | None:
        if name == "twincore":
            package = ModuleType("twincore")
            package.__path__ = []
            return package
        return None

    def _of_aliases(self, name: str) -> ModuleType | None:
        found = _in_folder(aliases_folder(), name)
        return None if found is None else self._load(name, found)

    def _allowed(self, name: str) -> ModuleType | None:
        return importlib.import_module(name) if name in self.allow else None

    def _submodule(self, parent: ModuleType, tail: str) -> ModuleType | None:
        name = f"{parent.__name__}.{tail}"
        if name in self.modules:
            return self.modules[name]
        if name in SHARED:
            module = importlib.import_module(name)
            self._world.uses_loops()
        elif name == LAZY:
            real = importlib.import_module(name)
            module = modules.module(name, above=self._above, load=real.load)
        elif name in PER_WORLD:
            module = self._load(name, Path(_library_folder(name) or "") / "__init__.py")
        else:
            found = self._of_package(parent, tail)
            if found is None:
                return None
            module = found
        self.modules[name] = module
        if sys.modules.get(parent.__name__) is not parent:  # the process's own have it
            setattr(parent, tail, module)
        return module

    def _of_package(self, parent: ModuleType, tail: str) -> ModuleType | None:
        name = f"{parent.__name__}.{tail}"
        if parent.__name__ in SHARED or parent.__name__.partition(".")[0] in self.allow:
            try:
                return importlib.import_module(name)
            except ModuleNotFoundError:
                found = getattr(parent, tail, None)  # `asyncio.core`
                return found if isinstance(found, ModuleType) else None
        for folder in getattr(parent, "__path__", ()):
            mounted = self._world.mounts.module_file(folder, tail)
            if mounted is not None:
                return self._load_mounted(name, mounted)
            path = _in_folder(Path(folder), tail)
            if path is not None:
                shared = parent.__name__ in PER_WORLD and path.with_suffix(".pxd").exists()  # it may be compiled
                return importlib.import_module(name) if shared else self._load(name, path)
        return None

    def _above(self, folder: str, name: str) -> Any:
        """As `core.lazy.above`, which knows the process's modules only: what a package loads when it is first used."""
        return getattr(self.import_module(f"twincore.{folder}"), name)

    def _load(self, name: str, path: Path) -> ModuleType:
        """Run the file as the module `name`. A folder is a package without a file."""
        module = self.new_module(name, path)
        if path.is_dir():
            self.modules[name] = module
            return module
        return self._run(module, code_of(path))

    def _run(self, module: ModuleType, code: CodeType) -> ModuleType:
        name = module.__name__
        self.modules[name] = module
        try:
            exec(code, vars(module))
        except BaseException:
            self.modules.pop(name, None)
            raise
        return module

    def new_module(self, name: str, path: Path) -> ModuleType:
        """An empty module for the file, or of a package for its folder or its `__init__.py`."""
        module = ModuleType(name)
        package = path.is_dir() or path.name == "__init__.py"
        module.__package__ = name if package else name.rpartition(".")[0]
        if package:
            folder = path if path.is_dir() else path.parent
            module.__path__ = [str(folder)]
            if folder.is_relative_to(aliases_folder()):
                inner = folder.relative_to(aliases_folder())
                module.__path__ += [str(added) for each in self._folders() if (added := each / inner).is_dir()]
        if not path.is_dir():
            module.__file__ = str(path)
        vars(module)["__builtins__"] = self._world.builtins
        return module

    def _missing(self, name: str) -> str:
        own = PLATFORMS.get(name)
        if own is not None and name in board_modules():
            kind = self._world.board.kind
            return f"no module named {name!r}: only boards of the platform {own} have it, this one is {kind.name}"
        local = {path.stem for folder in self.paths if folder.is_dir() for path in folder.glob("*.py")}
        return missing.text(name, board_modules() | aliases() | local)


def _absolute(name: str, globals: Mapping[str, Any], level: int) -> str:
    package = globals.get("__package__") or ""
    parts = package.split(".") if package else []
    if len(parts) < level:
        raise ImportError(f"can't perform relative import: {'.' * level}{name} leads out of the package {package!r}")
    return ".".join([*parts[: len(parts) - level + 1], *([name] if name else [])])


def _in_folder(folder: Path, name: str) -> Path | None:
    """The file of the module, its folder if it is a package without `__init__.py`. ImportError for one of bytecode."""
    package = folder / name
    if package.is_dir():
        init = package / "__init__.py"
        return init if init.is_file() else package
    path = folder / f"{name}.py"
    if path.is_file():
        return path
    if (folder / f"{name}.mpy").is_file():
        raise ImportError(f"{folder / name}.mpy is bytecode for a board: the desktop needs its source", name=name)
    return None


@cache
def _library_folder(name: str | None) -> Path | None:
    if name is None:
        return None
    package = importlib.import_module(name)
    return Path(next(iter(package.__path__))).resolve()
