"""Compiled or plain: what is listed is what is there, each variant is what it says, and the switches switch."""

import importlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

try:
    import tomllib
except ImportError:  # CPython 3.10
    import tomli as tomllib

from twincore.core import _variant
from twincore.desktop import pure

REPO = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((REPO / "pyproject.toml").read_text())
COMPILED = PROJECT["tool"]["twincore"]["compiled"]


def for_boards(path):
    """Whether a board needs this module of a portable folder: those for CPython only say so in their name."""
    return path.name != "_variant.py" and not path.stem.endswith("_cpython")


@pytest.fixture
def plain_tree(tmp_path):
    """The library as a wheel without compiled modules installs it, away from the checkout."""
    for name in (*_variant.FOLDERS, "desktop"):
        spec = importlib.util.find_spec("twincore." + name)
        skip = shutil.ignore_patterns("*.so", "*.pyd", "__pycache__", "node_modules")
        shutil.copytree(spec.submodule_search_locations[0], tmp_path / "twincore" / name, ignore=skip)
    return tmp_path


def python(code, tree=None, **environment):
    """Run `code` in a new interpreter: with the library installed here, or with that in `tree` and no other."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("TWINCORE_")}
    env.update(environment, **({"PYTHONPATH": str(tree)} if tree else {}))
    command = [sys.executable, *(["-S"] if tree else []), "-c", code]
    return subprocess.run(command, env=env, cwd="/", capture_output=True, text=True, timeout=60)


LOADED_FILES = """
import importlib, sys
for name in %r: importlib.import_module(name)
for name, module in sorted(sys.modules.items()):
    if name.startswith("twincore.") and getattr(module, "__file__", None): print(name, module.__file__)
"""


def test_the_list_of_compiled_modules_is_the_tree():
    declared = {
        f"twincore.{folder}.{path.stem}"
        for folder in PROJECT["tool"]["setuptools"]["package-dir"].values()
        for path in Path(REPO, folder).rglob("*.p??")
        if path.suffix in (".pxd", ".pyx")
    }
    assert sorted(COMPILED) == sorted(declared)
    for module in COMPILED:
        _, folder, name = module.split(".")
        assert Path(REPO, folder, name + ".py").is_file(), f"{module} has no plain twin"


def test_a_plain_module_carries_no_trace_of_cython():
    for module in COMPILED:
        _, folder, name = module.split(".")
        assert "cython" not in Path(REPO, folder, name + ".py").read_text().lower(), module


def test_the_packages_are_the_tree():
    setuptools = PROJECT["tool"]["setuptools"]
    assert sorted(setuptools["packages"]) == sorted(setuptools["package-dir"])
    for package, folder in setuptools["package-dir"].items():
        assert package == "twincore." + folder.replace("/", ".")
        assert Path(REPO, folder, "__init__.py").is_file()
    modules = {
        p.parent for p in REPO.glob("*/**/*.py") if p.relative_to(REPO).parts[0] in (*_variant.FOLDERS, "desktop")
    }
    modules -= {REPO / "desktop" / Path(pattern).parent for pattern in setuptools["package-data"]["twincore.desktop"]}
    packages = {"twincore." + ".".join(p.relative_to(REPO).parts) for p in modules if "node_modules" not in p.parts}
    assert packages <= set(setuptools["packages"]), "a folder of modules that no wheel would hold"


def test_mip_installs_the_portable_folders():
    package = json.loads((REPO / "package.json").read_text())
    assert package["version"] == PROJECT["project"]["version"]
    files = [p for name in _variant.FOLDERS for p in Path(REPO, name).rglob("*.py")]
    there = {f"twincore/{p.relative_to(REPO).as_posix()}" for p in files}
    needed = {f"twincore/{p.relative_to(REPO).as_posix()}" for p in files if for_boards(p)}
    listed = [target for target, _ in package["urls"]]
    assert len(listed) == len(set(listed))
    assert sorted(set(listed) - there) == [], "listed, and not there"
    assert sorted(needed - set(listed)) == [], "there, and not listed"
    for target, source in package["urls"]:
        assert ("/" + source).endswith(target[len("twincore") :]), f"{target} comes from {source}"


@pytest.mark.parametrize("module", COMPILED)
def test_both_variants_live_in_one_process(module):
    pure.install()
    compiled = importlib.import_module(module)
    plain = importlib.import_module(module.replace("twincore.", pure.NAME + ".", 1))
    assert plain.__file__.endswith(".py")
    assert plain is not compiled
    for name, value in vars(plain).items():
        if isinstance(value, type) and value.__module__ == plain.__name__:
            assert getattr(compiled, name) is not value, name


@pytest.mark.parametrize("module", COMPILED)
def test_the_compiled_variant_is_compiled(variant_is_compiled, module):
    assert _variant.is_extension(importlib.import_module(module).__file__)


FAR_SIDE = "twincore.offload.far_side_cpython"  # what another process imports, by the name under which it finds it


def test_the_second_copy_imports_nothing_from_the_first():
    pure.install()
    pure.install()
    assert sum(getattr(finder, "root", None) == pure.NAME for finder in sys.meta_path) == 1
    for name in ("core", "threadsafe", "offload", "offload.remote_call_cpython"):
        importlib.import_module(f"{pure.NAME}.{name}")
    for name, module in list(sys.modules.items()):
        if name.startswith(pure.NAME + "."):
            for key, value in vars(module).items():
                home = getattr(value, "__module__", None) or getattr(value, "__name__", None)
                first = str(home).startswith("twincore.") and home != FAR_SIDE
                assert not first, f"{name}.{key} is from {home}"


def test_a_plain_import_passes_over_an_extension(tmp_path):
    suffix = _variant.EXTENSION_SUFFIXES[0]
    (tmp_path / "both.py").write_text("")
    (tmp_path / ("both" + suffix)).write_bytes(b"")
    (tmp_path / ("alone" + suffix)).write_bytes(b"")
    finder = _variant.PlainFinder("toy")
    assert finder.find_spec("toy.folder.both", [str(tmp_path)]).origin == str(tmp_path / "both.py")
    with pytest.raises(ModuleNotFoundError, match=r"toy\.folder\.alone.*no \.py"):
        finder.find_spec("toy.folder.alone", [str(tmp_path)])
    assert finder.find_spec("os") is None


def test_pure_loads_every_module_from_its_source():
    modules = [*COMPILED, "twincore.core", "twincore.threadsafe", "twincore.offload"]
    run = python(LOADED_FILES % modules, TWINCORE_PURE="1")
    assert run.returncode == 0, run.stderr
    files = dict(line.split(" ", 1) for line in run.stdout.splitlines())
    assert set(modules) <= set(files)
    assert [name for name, file in files.items() if not file.endswith(".py")] == []


def test_pure_says_that_it_is_not_compiled():
    run = python("from twincore import core; print(core.compiled)", TWINCORE_PURE="1")
    assert run.stdout == "False\n", run.stderr


def test_required_compilation_is_there(variant_is_compiled):
    run = python("from twincore import core; print(core.compiled)", TWINCORE_REQUIRE_COMPILED="1")
    assert run.stdout == "True\n", run.stderr


@pytest.mark.skipif(not COMPILED, reason="nothing is listed as compiled")
def test_required_compilation_that_is_missing_is_named(plain_tree):
    run = python("import twincore.core", plain_tree, TWINCORE_REQUIRE_COMPILED="1")
    assert run.returncode == 1
    error = run.stderr.splitlines()[-1]
    assert error.startswith("ImportError: TWINCORE_REQUIRE_COMPILED=1, but not compiled: twincore.")
    assert sorted(COMPILED)[0] in error
    assert "pip install" in error


def test_the_two_switches_contradict_each_other():
    run = python("import twincore.core", TWINCORE_PURE="1", TWINCORE_REQUIRE_COMPILED="1")
    assert run.returncode == 1
    assert "contradict each other" in run.stderr.splitlines()[-1]


def test_without_compiled_modules_all_of_it_works(plain_tree):
    code = (
        "from twincore.desktop import pure; pure.install(); import twincore_pure.core as second, twincore.core as first"
    )
    run = python(f"{code}\nprint(first.compiled, second.compiled, second.__file__)", plain_tree)
    expected = plain_tree / "twincore" / "core" / "__init__.py"
    assert run.stdout == f"False False {expected}\n", run.stderr


@pytest.mark.parametrize("switch", ["TWINCORE_PURE", "TWINCORE_REQUIRE_COMPILED"])
def test_a_second_copy_heeds_no_switch(switch, request):
    if switch == "TWINCORE_REQUIRE_COMPILED":
        request.getfixturevalue("variant_is_compiled")
    code = "from twincore.desktop import pure; pure.install(); import twincore_pure.core as c; print(c.compiled)"
    run = python(code, **{switch: "1"})
    assert run.stdout == "False\n", run.stderr
