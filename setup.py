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
REQUIRED = os.environ.get("TWINCORE_REQUIRE_COMPILED") == "1"


def source_of(module):
    """The file that the extension `module` is built from: its .pyx if there is one, else its .py."""
    _, folder, name = module.split(".")
    pyx = Path(folder, name + ".pyx")
    return str(pyx if (HERE / pyx).exists() else pyx.with_suffix(".py"))


def package_tree(folders):
    """A folder in which twincore/<folder> links to <folder>: Cython finds a sibling's .pxd by package path."""
    tree = HERE / "build" / "tree" / "twincore"
    tree.mkdir(parents=True, exist_ok=True)
    for folder in folders:
        link = tree / folder
        if link.is_symlink() or link.exists():
            continue
        try:
            link.symlink_to(HERE / folder, target_is_directory=True)
        except OSError:  # a file system or a Windows account without links
            shutil.copytree(HERE / folder, link)
    return str(tree.parent)


def extensions():
    modules = tomllib.loads((HERE / "pyproject.toml").read_text())["tool"]["twincore"]["compiled"]
    if os.environ.get("TWINCORE_PURE") == "1":
        return []
    try:
        from Cython.Build import cythonize
    except ImportError:
        if REQUIRED:
            raise
        return []
    os.chdir(HERE)
    return cythonize(
        [Extension(m, [source_of(m)], extra_compile_args=["-O3"], optional=not REQUIRED) for m in modules],
        include_path=[package_tree({m.split(".")[1] for m in modules})],
        build_dir="build/cython",
        language_level=3,
        compiler_directives={"auto_pickle": False},
    )


setup(ext_modules=extensions())
