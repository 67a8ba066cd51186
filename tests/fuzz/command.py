"""The command line: what needs click and rich is made when it is called for.

Exit code: 0; 1 if an input was found at which a fuzzer fails, which is kept under build/fuzz; 2 if called wrongly; 130
after Ctrl-C, with the table so far.
"""

import hashlib
import time
import traceback
from pathlib import Path

from . import guided
from .fuzzing import FUZZERS, HANG, PARSERS, Found, load, seeded

GROUPS = {"parsers": PARSERS, "all": FUZZERS}


def by_seed(name, count, seed, progress, hang):
    """As `guided.run`, without atheris."""
    result = guided.Result()
    try:
        result.inputs = seeded(name, count, seed, progress, hang)
    except Found as found:
        guided.FOUND.mkdir(parents=True, exist_ok=True)
        kept = guided.FOUND / f"{name}-crash-{hashlib.sha1(found.data).hexdigest()}"
        kept.write_bytes(found.data)
        result.said = f"{''.join(traceback.format_exception(found))}the input is in {kept}\n"
    return result


def command():
    """The click command."""
    import click
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
    from rich.table import Table

    @click.command(context_settings={"help_option_names": ["-h", "--help"]})
    @click.argument("name", type=click.Choice([*FUZZERS, *GROUPS]))
    @click.option("--inputs", type=click.IntRange(min=1), default=100_000, show_default=True, help="For each.")
    @click.option("--seed", type=click.IntRange(1, 2**32 - 1), default=1, show_default=True, help="Of the inputs.")
    @click.option("--hang", type=click.IntRange(min=1), default=HANG, show_default=True, help="Seconds for one.")
    @click.option("--seeded", "plainly", is_flag=True, help="Inputs made from the seed alone, as without atheris.")
    @click.option(
        "--input",
        "kept",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="Check this one, of build/fuzz, and no other.",
    )
    def fuzz(name, inputs, seed, hang, plainly, kept):
        """Check what reads from outside with inputs of any bytes: one of them, the six `parsers`, or `all`."""
        if kept is not None:
            if name in GROUPS:
                raise click.UsageError("an input is that of one fuzzer: name it")
            load(name).check(kept.read_bytes())
            click.echo("nothing is wrong with it")
            return
        led = guided.available() and not plainly
        console = Console()
        if not led and not plainly:
            console.print("without atheris (pip install atheris): inputs are made from the seed alone")
        table = Table(title=f"fuzzers, {'led by coverage' if led else 'seeded'}, seed {seed}", title_justify="left")
        for title in ("", "inputs", "s", "inputs/s", *(["edges at first", "at the end"] if led else [])):
            table.add_column(title, justify="right" if title else "left")
        failed, interrupted = [], False
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:

            def told(one, bar):
                """What is told how many there were: for a log, a line for each tenth."""
                shown = 0

                def show(n):
                    nonlocal shown
                    progress.update(bar, completed=n)
                    if not console.is_terminal and n * 10 // inputs > shown:
                        shown = n * 10 // inputs
                        console.print(f"{one}: {n:,}", highlight=False)

                return show

            for one in GROUPS.get(name, (name,)):
                bar = progress.add_task(one, total=inputs)
                begin = time.perf_counter()
                run = guided.run if led else by_seed
                try:
                    result = run(one, inputs, seed, told(one, bar), hang)
                except KeyboardInterrupt:
                    interrupted = True
                    break
                spent = time.perf_counter() - begin
                progress.remove_task(bar)
                row = [one, f"{result.inputs:,}", f"{spent:.0f}", f"{result.inputs / spent:,.0f}"]
                table.add_row(*row, *(map(str, result.edges) if led else ()))
                if result.said:
                    failed.append(one)
                    console.print(f"{one} FAILED:\n{result.said}", markup=False, highlight=False)
        console.print(table)
        if failed or interrupted:
            raise SystemExit(130 if interrupted else 1)

    return fuzz
