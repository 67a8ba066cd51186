"""`twincore test`: tests, wherever they are to run."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from .errors import one_line_errors


@click.command()
@click.argument("tests", metavar="[FOLDER | FILE.py | FILE.py::TEST]...", nargs=-1)
@click.option(
    "--on",
    "places",
    metavar="PLACE",
    multiple=True,
    help="desktop (if nothing is said), micropython, rp2040, or the port of a board; may be repeated.",
)
@click.option("--seeds", type=click.IntRange(1, 10_000), metavar="N", help="rp2040: N interleavings of the cores.")
@click.option(
    "--seed",
    type=click.IntRange(1, 2**32 - 1),
    metavar="N",
    help="rp2040: this interleaving, it repeats; with --seeds the first of them (if not given, 1).",
)
@click.option(
    "--jitter", type=click.IntRange(0, 10_000), metavar="N", help="rp2040: most cycles of a stall (if not given, 50)."
)
@click.option(
    "--firmware",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="rp2040: MicroPython in a .uf2 or .bin file, in place of the one fetched.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(0, min_open=True),
    default=60,
    show_default=True,
    metavar="S",
    help="Seconds for each test.",
)
@click.option(
    "--path",
    "roots",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    multiple=True,
    help="A folder with modules that the tests import, beside those around them; may be repeated.",
)
@click.option("--jobs", type=click.IntRange(1), metavar="N", help="Programs at once; if not given, one per processor.")
@click.option("-v", "--verbose", is_flag=True, help="A line for each test, and what it prints.")
def command(
    tests: tuple[str, ...],
    places: tuple[str, ...],
    seeds: int | None,
    seed: int | None,
    jitter: int | None,
    firmware: Path | None,
    timeout: float,
    roots: tuple[Path, ...],
    jobs: int | None,
    verbose: bool,
) -> None:
    """Run tests on the desktop, MicroPython, the emulated RP2040 or an attached board; without any, twincore's own.

    Tests are as pytest has them, less fixtures: functions test_* in files test_*.py, also `async def`; assertions show
    what they compare; pytest.raises, skip, fail, and the marks skip, skipif, xfail, timeout, parametrize (literals). A
    file without functions test_* is a plain script: it fails by an exception or sys.exit(1). Modules that a test
    imports go with it, and the files that its list TARGET_FILES names.

    The tests of a file run in order on one boot. One that fails, hangs or leaves core 1 busy is the last on its boot.

    \b
    Examples:
      twincore test tests_on_board/
      twincore test --on rp2040 --seeds 20 tests_on_board/
      twincore test --on rp2040 --seed 3 tests_on_board/test_pump.py::test_stops
      twincore test --on micropython --on /dev/ttyACM0 test_pump.py
      twincore test --on rp2040                  is twincore itself all right there?

    The same with pytest: pytest --target rp2040 --seeds 20 tests_on_board/

    Exit code: 0 all passed, 1 some failed, 2 bad use, 5 no tests.
    """
    with one_line_errors():
        from ..ontarget.places import seeds_asked
        from ..ontarget.run_tests import run_tests

        code = run_tests(
            tests,
            places or ("desktop",),
            seeds=seeds_asked(seed, seeds),
            jitter=jitter,
            firmware=firmware,
            limit=timeout,
            roots=roots,
            verbose=verbose,
            jobs=jobs,
        )
    sys.exit(code)
