"""The command line: what needs click and rich is made when it is called for.

Exit code: 0; 1 if something was lost, twice, out of order or stuck, if memory grew, or if nothing was moved; 2 if
called wrongly; 130 after Ctrl-C, with the table so far.
"""

import math
import os
import random
import sys
import time

from .forms import FORMS
from .ledger import Failure
from .run import Soak, resident


def chosen_lines(word):
    """The (form, kind) whose name, "form, kind", contains `word`."""
    return [(form, kind) for form in FORMS for kind in form.kinds if word in f"{form.name}, {kind}"]


def table(soak):
    from rich.table import Table

    result = Table(title="twincore's queues, soaked")
    for name in ("form", "buffer", "rounds", "items", "items/s", "dropped", "cancels", "timeouts", "closed early"):
        result.add_column(name, justify="left" if name in ("form", "buffer") else "right")
    for (name, kind), total in soak.totals.items():
        rate = f"{total.items / total.seconds:,.0f}" if total.seconds else "-"
        counts = (total.rounds, total.items, rate, total.dropped, total.cancels, total.timeouts, total.early)
        result.add_row(name, kind, *(n if isinstance(n, str) else f"{n:,}" for n in counts))
    return result


def library(plain):
    if plain:
        from twincore.desktop import pure

        pure.install()
        from twincore_pure import core, threadsafe
    else:
        from twincore import core, threadsafe
    return core, threadsafe


def command():
    """The click command."""
    import click
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    class Above0(click.FloatRange):
        def __init__(self):
            click.FloatRange.__init__(self, min=0, min_open=True)

        def convert(self, value, param, ctx):
            result = click.FloatRange.convert(self, value, param, ctx)
            if math.isnan(result):  # which no comparison finds out of range
                self.fail(f"{value} is not a number", param, ctx)
            return result

    def lines_of(context, parameter, word):
        lines = chosen_lines(word)
        if not lines:
            names = "".join(f"\n  {form.name}" for form in FORMS)
            raise click.BadParameter(
                f"no form's name contains {word!r}; they are, each with {', array'!r} added or {', objects'!r}:{names}"
            )
        return lines

    @click.command(context_settings={"help_option_names": ["-h", "--help"]})
    @click.option("--items", type=Above0(), default=1e8, show_default=True, help="Stop after so many items.")
    @click.option("--seconds", type=Above0(), help="Stop after so long.  [default: no limit]")
    @click.option("--seed", type=int, help="Of the first round less 1: with `--forms`, to repeat a round.")
    @click.option(
        "--forms",
        "lines",
        default="",
        metavar="WORD",
        callback=lines_of,
        help="Only those whose name contains this: 'SPSC', 'array', 'loop to loop, objects'.",
    )
    @click.option("--plain", is_flag=True, help="The library as plain Python.")
    @click.option("--growth", type=Above0(), default=10, show_default=True, help="MB memory may grow after a warm-up.")
    def soak(items, seconds, seed, lines, plain, growth):
        """Move items through every form of queue and check that each arrives once and in order."""
        core, threadsafe = library(plain)
        seed = random.randrange(1 << 30) if seed is None else seed
        console = Console(width=None if sys.stdout.isatty() else 120)
        before = resident()
        work = Soak(core, threadsafe, items, seconds, seed, lines)
        failure = None
        columns = (TextColumn("{task.fields[rate]}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        begin = time.monotonic()
        try:
            console.print(f"{'compiled' if core.compiled else 'plain'}, seed {seed}", highlight=False)
            with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
                bar = progress.add_task("", total=None if math.isinf(items) else math.ceil(items), rate="")

                def show():
                    rate = work.moved / (time.monotonic() - begin)
                    progress.update(bar, completed=work.moved, rate=f"{rate:,.0f} items/s, {resident():.0f} MB")

                work.run(show)
            work.check_growth(growth)
            if not work.moved:
                failure = "no item was moved: let it run for longer"
        except Failure as error:
            failure = str(error)
        except KeyboardInterrupt:
            failure = "interrupted"
        spent = time.monotonic() - begin
        console.print(table(work))
        grown = work.growth()
        said = "too short a run to say how much it grew" if grown is None else f"{grown:+.1f} MB since the warm-up"
        console.print(f"{work.moved:,} items in {spent:.0f} s, {work.moved / spent:,.0f}/s")
        console.print(f"memory: {before:.1f} MB before, {resident():.1f} MB after, {said}")
        console.print("none lost, none twice, all in order" if failure is None else f"FAILED: {failure}", markup=False)
        sys.stdout.flush()
        os._exit(0 if failure is None else 130 if failure == "interrupted" else 1)  # threads may be stuck

    return soak
