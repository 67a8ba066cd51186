"""The pytest plugin: fixtures for simulated boards, and what a failure shows of them, see docs/testing-firmware.md;
tests that run on targets, see docs/testing-on-targets.md and `ontarget.pytest_front`.

It imports pytest and nothing else until a test asks for a board, or --target is given.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from .board import Board
    from .testing import App, Bench

FOR_TARGETS = {  # options -> where pytest keeps them
    "--seeds": "seeds",
    "--seed": "seed",
    "--jitter": "jitter",
    "--firmware": "firmware",
    "--target-timeout": "limit",
}
OF_OTHERS = ("asyncio", "anyio", "trio")  # marks of async tests that run on another loop
BENCH = pytest.StashKey["Bench"]()
FAILED = pytest.StashKey[bool]()
MARK = (
    "board(kind, virtual=True, links=[(pin, pin), ...], wiring=None, leaks='on'): the simulated board that the test "
    "gets; kind: pico, pico2, pyboard, esp32; virtual: time jumps; wiring: a board.toml; leaks: off, on, strict"
)


class RunApp(Protocol):
    """What the fixture `run_app` is."""

    def __call__(
        self,
        script: str | Path | Callable[[], Any],
        argv: Sequence[str] = (),
        files: Mapping[str, str | bytes] | None = None,
        *,
        board: Board | None = None,
    ) -> App: ...


class MakeBoard(Protocol):
    """What the fixture `boards` is."""

    def __call__(
        self,
        kind: str | None = None,
        *,
        name: str | None = None,
        links: Sequence[tuple[str | int, str | int]] = (),
        wiring: str | Path | None = None,
    ) -> Board: ...


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("twincore")
    group.addoption(
        "--twincore-real-time", action="store_true", help="simulated boards run in real time, whatever a test says"
    )
    group.addoption(
        "--target",
        dest="twincore_targets",
        action="append",
        metavar="PLACE",
        help="run the tests there: desktop, micropython, rp2040 or the port of a board; may be repeated",
    )
    group.addoption(
        "--seeds",
        dest="twincore_seeds",
        type=_number(int, 1, 10_000),
        metavar="N",
        help="rp2040: so many interleavings",
    )
    group.addoption(
        "--seed",
        dest="twincore_seed",
        type=_number(int, 1, 2**32 - 1),
        metavar="N",
        help="rp2040: this interleaving; with --seeds the first of them (default 1)",
    )
    group.addoption(
        "--jitter",
        dest="twincore_jitter",
        type=_number(int, 0, 10_000),
        metavar="N",
        help="rp2040: most cycles of a stall (default 50)",
    )
    group.addoption(
        "--firmware",
        dest="twincore_firmware",
        metavar="FILE",
        help="rp2040: MicroPython in a .uf2 or .bin file, in place of the one fetched",
    )
    group.addoption(
        "--target-timeout",
        dest="twincore_limit",
        type=_number(float, 0.001, 1_000_000),
        metavar="S",
        help="seconds for each test (default 60)",
    )


def _number(kind: type[int] | type[float], least: float, most: float) -> Callable[[str], float]:
    """What reads an option's number for argparse."""

    def read(text: str) -> float:
        try:
            number = kind(text)
        except ValueError:
            number = least - 1
        if not least <= number <= most:
            what = "whole number" if kind is int else "number"
            raise argparse.ArgumentTypeError(f"it takes a {what} from {least} to {most}, not {text}")
        return number

    return read


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", MARK)
    if config.getoption("twincore_targets"):
        from .ontarget import pytest_front

        pytest_front.begin(config)
        return
    given = [option for option, name in FOR_TARGETS.items() if config.getoption(f"twincore_{name}") is not None]
    if given:
        raise pytest.UsageError(f"{given[0]} is for tests on targets: add --target rp2040, or leave it out")


@pytest.hookimpl
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """An `async def` test that is nobody else's runs on a loop of twincore's, as it does on a target."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj) or any(map(pyfuncitem.get_closest_marker, OF_OTHERS)):
        return None
    core: Any = importlib.import_module("twincore.core")  # which has no types
    arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    core.new_event_loop()
    try:
        core.run(pyfuncitem.obj(**arguments))
    finally:
        core.new_event_loop()
    return True


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.failed and BENCH in item.stash:
        item.stash[FAILED] = True
        report.sections += [(f"twincore: {heading}", text) for heading, text in item.stash[BENCH].sections()]
    return report


@pytest.fixture
def twincore_bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    """The boards of this test, which share one time. For other fixtures; a test uses `board` or `boards`."""
    from .testing.bench import Bench, options_of

    mark = request.node.get_closest_marker("board")
    args, kwargs = (mark.args, mark.kwargs) if mark else ((), {})
    try:
        options = options_of(args, kwargs, real_time=request.config.getoption("twincore_real_time"))
    except (TypeError, ValueError) as error:
        pytest.fail(f"@pytest.mark.board: {error}", pytrace=False)
    bench = Bench(options, [request.path.parent, request.config.rootpath])
    request.node.stash[BENCH] = bench
    try:
        yield bench
    finally:
        wrong = bench.close()
    if wrong and not request.node.stash.get(FAILED, False):
        pytest.fail("the test has left something behind:\n" + "\n".join(wrong), pytrace=False)


@pytest.fixture
def board(request: pytest.FixtureRequest, twincore_bench: Bench) -> Board:
    """A fresh simulated board, by default a pico in virtual time; `@pytest.mark.board` says otherwise.

    The test takes part in its time, which stands still while the test computes: see Board's `run`, `settle`,
    `wait_level`, `wait_until`.
    """
    options = twincore_bench.options
    try:
        return twincore_bench.board(options.kind, links=options.links, wiring=options.wiring)
    except (ValueError, FileNotFoundError) as error:
        pytest.fail(f"@pytest.mark.board: {error}", pytrace=False)


@pytest.fixture
def boards(twincore_bench: Bench) -> MakeBoard:
    """A function that makes a board: `boards("pyboard", name="left", links=..., wiring=...)`; all share one time."""
    return twincore_bench.board


@pytest.fixture
def run_app(request: pytest.FixtureRequest, twincore_bench: Bench) -> RunApp:
    """A function that starts an application on the board, in a thread of its own, and returns an App.

    `run_app("main.py", argv=[...], files={"data.txt": "..."})`: the script is one of `files`, which are put on the
    board, or is beside the test or in pytest's root folder. `run_app(main)`: a function or coroutine function.
    `board`: which, if the test has several. FileNotFoundError if there is no such script; RuntimeError if the board
    runs one already.
    """

    def run(
        script: str | Path | Callable[[], Any],
        argv: Sequence[str] = (),
        files: Mapping[str, str | bytes] | None = None,
        *,
        board: Board | None = None,
    ) -> App:
        if board is None:
            board = request.getfixturevalue("board")
        return twincore_bench.run_app(script, board, argv, files)

    return run
