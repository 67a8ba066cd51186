"""What an idle loop costs: CPU used over a few seconds with ten armed flags, on CPython and MicroPython's unix port.

    python -m benchmarks.idle [--seconds 5]
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys

import click
from rich.console import Console
from rich.table import Table

from twincore.desktop import targets
from twincore.desktop.targets import staging

PROGRAM = """
import sys
{load} as asyncio
async def main():
    flags = [asyncio.ThreadSafeFlag() for _ in range(10)]
    for flag in flags:
        asyncio.create_task(flag.wait())
    await asyncio.sleep({seconds})
asyncio.run(main())
"""


def cpu_seconds(command: list[str], load: str, seconds: float, path: str = "") -> float:
    """User and system time of `command` running the program for `seconds`."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    program = PROGRAM.format(load=load, seconds=seconds)
    subprocess.run([*command, "-c", program], check=True, env={**os.environ, "MICROPYPATH": path}, timeout=seconds + 30)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--seconds", default=5.0, show_default=True, type=click.FloatRange(0.1), help="How long to idle.")
def main(seconds: float) -> None:
    """CPU of an idle loop with ten armed flags; start-up, measured with no idling at all, is taken off."""
    ours = "from twincore import core"
    rows = [("twincore, CPython", [sys.executable], ours, "")]
    if reason := targets.reason_missing("micropython"):
        click.echo(f"no unix port here: {reason}", err=True)
    else:
        unix = targets.find("micropython").interpreter
        library = f"{staging.linked_library()}:.frozen"
        rows.append(("twincore, MicroPython unix", unix, ours, library))
        rows.append(("built-in asyncio, MicroPython unix", unix, "import asyncio", library))
    table = Table(title=f"CPU of an idle loop, ten armed flags, {seconds:g} s")
    table.add_column("loop")
    table.add_column("% of a core", justify="right")
    for name, command, load, path in rows:
        used = cpu_seconds(command, load, seconds, path) - cpu_seconds(command, load, 0, path)
        table.add_row(name, f"{100 * max(used, 0) / seconds:.2f}")
    Console().print(table)


if __name__ == "__main__":
    main()
