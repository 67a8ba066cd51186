"""What an application needs of the library: decided from its text, and enough when it runs."""

import subprocess

import pytest

from twincore.desktop.deploy.errors import DeployError
from twincore.desktop.deploy.library import Library
from twincore.desktop.deploy.needed import check_syntax, needed_by

pytestmark = [pytest.mark.cpython, pytest.mark.timeout(60)]


def modules(script, **options):
    """The library's modules that a script needs, as core.loop."""
    paths = needed_by(script, platform="rp2", **options).library
    return {path.removeprefix("twincore/").removesuffix(".py").replace("/", ".") for path in paths}


def test_one_class_brings_its_module_and_what_that_imports(app):
    found = modules(app("from twincore.threadsafe import ThreadSafeQueue\n"))
    assert {"threadsafe.queue", "threadsafe.store_micropython", "core.loop", "core.doorbell_board"} <= found
    assert not {"threadsafe.snapshot", "core.taskgroup", "core.doorbell_unix", "core._variant"} & found
    assert not [name for name in found if name.startswith(("offload", "drivers", "primitives")) or "_cpython" in name]


def test_names_that_are_loaded_when_they_are_used_bring_their_modules(app):
    plain = modules(app("from twincore import core as asyncio\nasyncio.run(asyncio.sleep(0))\n"))
    for use, module in (
        ("from twincore.core import Event", "core.event"),
        ("from twincore import core as asyncio\nasyncio.gather()", "core.gathering"),
        ("import twincore.core as a\na.TaskGroup()", "core.taskgroup"),
        ("from twincore import core\ngetattr(core, 'Lock')", "core.lock"),
        ("from twincore import core as asyncio\nasyncio.to_thread(len)", "offload.pools"),
        ("from twincore import core as asyncio\nasyncio.ThreadSafeFlag()", "core.flag_stream"),
        ("from twincore.offload import from_thread", "offload.from_thread"),
        ("from twincore.primitives.queue import Queue", "primitives.queue"),
        ("__import__('twincore.drivers.kml')", "drivers.kml"),
    ):
        assert module not in plain
        assert module in modules(app(use + "\n")), use


def test_a_name_used_in_another_module_of_the_application_counts(app):
    app("from twincore import core as asyncio\n", "common.py")
    assert "core.event" in modules(app("from common import asyncio\nasyncio.Event()\n"))


@pytest.mark.parametrize(
    "use, reason",
    [
        ("getattr(asyncio, input())", "all of core: app.py, line 2: getattr of a name that only the running program"),
        ("from twincore.core import *", "all of core: app.py, line 2 imports *"),
        ("exec(input())", "all of core: app.py, line 2: exec of what only the running program knows"),
    ],
)
def test_what_cannot_be_decided_takes_the_whole_layer_and_says_why(app, use, reason):
    needed = needed_by(app(f"from twincore import core as asyncio\n{use}\n"))
    assert any(each.startswith(reason) for each in needed.whole_layers)
    assert Library().of_layer("core") <= {
        path[:-3].removesuffix("/__init__").replace("/", ".") for path in needed.library
    }


def test_a_branch_for_the_desktop_brings_nothing(app):
    script = app("import sys\nif sys.implementation.name == 'cpython':\n    from twincore.offload import Worker\n")
    assert modules(script) == set()


def test_without_an_application_or_if_told_so_it_is_the_whole_library(app):
    assert (
        modules(None)
        == modules(app("print(1)\n"), everything=True)
        == {p[9:-3].replace("/", ".") for p in Library().files}
    )


def test_a_syntax_error_is_told_with_its_place(app):
    app("\ndef broken(:\n", "helper.py")
    with pytest.raises(DeployError, match=r"^helper\.py, line 2: "):
        check_syntax(app("import helper\n"))


LAYERS = ("core", "threadsafe", "primitives", "drivers", "offload")


@pytest.mark.parametrize("layer", LAYERS)
def test_on_micropython_each_name_is_there_with_what_it_needs_and_nothing_else(layer, tmp_path, target_is_here):
    """Every name that a layer loads lazily, alone with the modules that are thought to be needed."""
    interpreter = target_is_here("micropython").interpreter
    library = Library("linux")
    for name, place in sorted(library.lazy(f"twincore.{layer}").items()):
        if place[0] not in library.paths and f"{place[0]}.{place[1]}" not in library.paths:
            continue  # CPython's
        folder = tmp_path / layer / name
        for module in library.reached_from({(f"twincore.{layer}", name)}):
            target = folder / library.paths[module]
            target.parent.mkdir(parents=True, exist_ok=True)
            target.symlink_to(library.files[library.paths[module]])
        code = f"import sys\nsys.path[:] = [{str(folder)!r}, '.frozen']\nfrom twincore.{layer} import {name}\n"
        done = subprocess.run([*interpreter, "-c", code], capture_output=True, text=True, timeout=20)
        error = done.stderr.strip().rpartition("\n")[2]
        assert "twincore" not in error and (not error or error.startswith("ImportError: no module named")), (
            name,
            error,
        )
