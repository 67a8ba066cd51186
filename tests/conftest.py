"""One test, every machine: an ordinary test function that takes the library as a fixture runs once per variant.

    def test_sleep_yields_once(core): ...

`core`, `threadsafe`, `offload`, `primitives`, `drivers` are the library's modules: as plain Python, as compiled (both
in this process), on the MicroPython unix port (a process per test), and, if the test is marked `rp2040`, on the
emulated board once per seed. `tests/portable/` is what MicroPython sees instead of pytest. Marks: see `MARKS`.
With TWINCORE_MICROPYTHON=1.26, MicroPython is that of the targets micropython-1.26 and rp2040-1.26.
"""

import gc
import importlib
import itertools
import os
import sys
from pathlib import Path

import pytest
from _pytest.skipping import evaluate_skip_marks

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE / "portable")]  # `harness` for this file, `support` for the tests

import harness  # noqa: E402
from harness import FOLDERS, Variant  # noqa: E402

pytest_plugins = ["pytester"]

MARKS = (
    "cpython: the test runs on CPython only, plain and compiled",
    "micropython: the test runs on MicroPython only: unix, and the board if marked rp2040 too",
    "rp2040(seeds=3, jitter=40, files=None): the test also runs on the emulated RP2040, once per seed; `files` names a "
    "folder beside the test that is to be on the board",
)
BOARDS = pytest.StashKey()
SEEDS = int(os.environ.get("TWINCORE_SEEDS", "0"))  # of the tests of which 30 are run as a rule: `make nightly`
CI = os.environ.get("CI") == "true"


def pytest_configure(config):
    for mark in MARKS:
        config.addinivalue_line("markers", mark)
    config.stash[BOARDS] = harness.Boards(boots_from)


def pytest_unconfigure(config):
    config.stash[BOARDS].close()


def variants_of(definition):
    mark = {name: definition.get_closest_marker(name) for name in ("cpython", "micropython", "rp2040")}
    variants = []
    if not mark["micropython"]:
        variants += [Variant("plain", 0, 0), Variant("compiled", 0, 0)]
    if not mark["cpython"]:
        variants.append(Variant("unix", 0, 0))
        if mark["rp2040"]:
            options = {"seeds": 3, "jitter": 40, **mark["rp2040"].kwargs}
            seeds = options["seeds"] if options["seeds"] < 30 else max(30, SEEDS)
            variants += [Variant("rp2040", seed + 1, options["jitter"]) for seed in range(seeds)]
    return variants


@pytest.hookimpl(tryfirst=True)
def pytest_generate_tests(metafunc):
    if "variant" in metafunc.fixturenames:
        metafunc.parametrize("variant", variants_of(metafunc.definition), indirect=True, ids=str)


def pytest_collection_modifyitems(items):
    """In each file, a board's tests come last and boot by boot; the others keep their order."""
    files = {path: n for n, path in enumerate(dict.fromkeys(item.path for item in items))}

    def boot(item):
        variant = variant_of(item)
        return files[item.path], (variant[1:] if variant and variant.name == "rp2040" else (0, 0))

    items.sort(key=boot)


def boots_from(first):
    """Yield (variant, items) of each boot from an item on: of one file, seed and jitter, and not skipped by marks."""
    session = first.session
    alike = itertools.groupby(
        itertools.islice(session.items, session.items.index(first), None),
        key=lambda item: (item.path, variant_of(item)),
    )
    for (_, variant), items in alike:
        if variant and variant.name == "rp2040":
            here = [item for item in items if item is first or evaluate_skip_marks(item) is None]
            if here:
                yield variant, here


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item, nextitem):
    result = yield
    item.config.stash[BOARDS].look_ahead()
    if nextitem is None or nextitem.path != item.path:
        _set_aside()
    return result


def pytest_collection_finish():
    _set_aside()


def _set_aside():
    """What there is by now is no longer looked through by each `gc.collect()` of a test: it would take a second."""
    gc.collect()
    gc.freeze()


def variant_of(item):
    callspec = getattr(item, "callspec", None)
    variant = callspec.params.get("variant") if callspec else None
    return variant if isinstance(variant, Variant) else None


def time_limit(item):
    """Seconds for a run on a target: a little less than pytest-timeout gives the item, so that we report first."""
    mark = item.get_closest_marker("timeout")
    if mark:
        seconds = mark.args[0] if mark.args else mark.kwargs["timeout"]
    else:
        seconds = item.config.getoption("timeout", None) or item.config.getini("timeout") or 0
    seconds = float(seconds) or 600.0
    return seconds - min(5.0, 0.25 * seconds)


def cannot(reason, required=CI):
    """This variant cannot be tested here. Never silent; where it is required, a failure."""
    (pytest.fail if required else pytest.skip)(reason)


@pytest.fixture
def variant_is_compiled():
    """The library as installed is compiled; else the test is skipped, or fails where compilation is required."""
    reason = harness.why_not_compiled()
    if reason:
        cannot(reason, CI or os.environ.get("TWINCORE_REQUIRE_COMPILED") == "1")


@pytest.fixture
def target_is_here():
    """A function that skips the test, or fails it in CI, if a target is missing; else it gives the target."""

    def find(name):
        found, missing = harness.find_target(name)
        if missing:
            cannot(missing, CI and "any more" not in missing)  # Debian replaces a version when it has a newer one
        return found

    return find


@pytest.fixture
def variant(request, target_is_here):
    """The name of the variant under test: plain, compiled, unix or rp2040."""
    here = request.param
    if here.remote:
        target_is_here(here.target)
    elif here.name == "compiled":
        request.getfixturevalue("variant_is_compiled")
    else:
        from twincore.desktop import pure

        pure.install()
    return here.name


def library_fixture(folder):
    @pytest.fixture(name=folder)
    def module(variant):
        root = {"plain": "twincore_pure", "compiled": "twincore"}.get(variant)
        return root and importlib.import_module(f"{root}.{folder}")  # elsewhere the runner imports it, there

    return module


for _folder in FOLDERS:
    globals()[_folder] = library_fixture(_folder)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem):
    variant = variant_of(pyfuncitem)
    if variant is None or not variant.remote:
        return None
    limit = time_limit(pyfuncitem)
    try:
        if variant.name == "unix":
            result = harness.run_on_unix(pyfuncitem, variant, limit)
        else:
            boards = pyfuncitem.config.stash[BOARDS]
            result = boards.run(pyfuncitem, limit)
    except harness.CannotBeSent as error:
        result = harness.Result("failed", str(error), "")
    print(result.output, end="")
    if result.outcome == "skipped":
        pytest.skip(result.text)
    if result.outcome != "passed":
        text = result.text
        if text.startswith("Traceback"):
            text = f"{text.splitlines()[-1]}\n{text}"  # pytest's summary shows the first line
        pytest.fail(f"on {variant}: {text}", pytrace=False)
    return True
