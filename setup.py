"""Compile the hot modules with Cython; without Cython or a C compiler, install plain Python instead.

Environment: TWINCORE_PURE=1 compiles nothing; TWINCORE_REQUIRE_COMPILED=1 makes a failed compilation an error.
"""

import os
import shutil
from pathlib import Path

from setuptools import Extension, setup

try:
    import tomllib
except ImportError:  # CPython 3.10
    import tomli as tomllib

HERE = Path(__file__).resolve().parent
PROJECT = tomllib.loads((HERE / "pyproject.toml").read_text())
REQUIRED = os.environ.get("TWINCORE_REQUIRE_COMPILED") == "1"


def source_of(module):
    """The file that the extension `module` is built from: its .pyx if there is one, else its .py."""
    _, folder, name = module.split(".")
    pyx = Path(folder, name + ".pyx")
    return str(pyx if (HERE / pyx).exists() else pyx.with_suffix(".py"))


def package_tree():
    """A folder in which twincore/<folder> links to <folder>: Cython finds a sibling's .pxd by package path.

    The type checker finds the packages there, too.
    """
    tree = HERE / "build" / "tree" / "twincore"
    tree.mkdir(parents=True, exist_ok=True)
    for folder in PROJECT["tool"]["setuptools"]["package-dir"].values():
        link = tree / folder
        if link.is_symlink() or link.exists():
            continue
        try:
            link.symlink_to(HERE / folder, target_is_directory=True)
        except OSError:  # a file system or a Windows account without links
            shutil.copytree(HERE / folder, link)
    return str(tree.parent)


def extensions():
    modules = PROJECT["tool"]["twincore"]["compiled"]
    if os.environ.get("TWINCORE_PURE") == "1" or (build_ext is None and not REQUIRED):
        return []
    return [Extension(m, [source_of(m)]) for m in modules]


try:
    from Cython.Build import cythonize
    from setuptools.command.build_ext import build_ext
except ImportError:
    build_ext = None
else:

    class cython_build_ext(build_ext):
        """Turns the .py and .pyx sources into C only when extensions are really built."""

        def finalize_options(self):
            modules = self.distribution.ext_modules
            if modules:
                os.chdir(HERE)
                self.distribution.ext_modules = cythonize(
                    modules,
                    include_path=[package_tree()],
                    build_dir="build/cython",
                    language_level=3,
                    compiler_directives={"auto_pickle": False},
                )
                for extension in self.distribution.ext_modules:  # cythonize forgets it
                    extension.optional = not REQUIRED
            super().finalize_options()


setup(ext_modules=extensions(), cmdclass={"build_ext": cython_build_ext} if build_ext else {})
