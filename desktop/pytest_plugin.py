"""The pytest plugin: fixtures for simulated boards, and what a failure shows of them. See docs/testing-firmware.md.

It imports pytest and nothing else until a test asks for a board.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from .board import Board
    from .testing import App, Bench

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
    parser.getgroup("twincore").addoption(
        "--twincore-real-time", action="store_true", help="simulated boards run in real time, whatever a test says"
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", MARK)


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
