"""`twincore deploy`: an application and what it needs, on a board."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..options import BadUse, check_script
from .errors import one_line_errors

if TYPE_CHECKING:
    from ..deploy.deployment import Draft, Order
    from ..deploy.records import Step
    from ..deploy.remote import Remote


@click.command()
@click.argument("words", metavar="[PORT] [APP.py]", nargs=-1)
@click.option("--main/--no-main", default=None, help="Whether the board starts the application; if not said, as it is.")
@click.option("--file", "files", type=click.Path(path_type=Path), multiple=True, help="Put this file beside it, too.")
@click.option("--all", "everything", is_flag=True, help="The whole library, not only what the application imports.")
@click.option("--dry-run", is_flag=True, help="Show what would be done.")
@click.option("--clean", is_flag=True, help="Remove what earlier deployments brought and this one does not need.")
@click.option("--rollback", is_flag=True, help="Bring back what was there before the last deployment.")
@click.option("--overwrite", is_flag=True, help="Replace files that twincore did not put there; --rollback restores.")
@click.option("--replace", is_flag=True, help="If there is no room for old and new, remove first what is replaced.")
@click.option(
    "--mpy-cross", metavar="FILE", type=click.Path(path_type=Path), help="A compiler that fits the board's MicroPython."
)
def command(
    words: tuple[str, ...],
    main: bool | None,
    files: tuple[Path, ...],
    everything: bool,
    dry_run: bool,
    clean: bool,
    rollback: bool,
    overwrite: bool,
    replace: bool,
    mpy_cross: Path | None,
) -> None:
    """Put an application on a board: its modules compiled, and of twincore what it imports; only what changed.

    PORT is as mpremote has it: auto (the first USB serial port; also if it is not given), /dev/ttyACM0, COM3,
    id:SERIAL, socket://HOST:PORT. Without APP.py the whole library is put there.

    \b
    Examples:
      twincore deploy app.py --main                  it runs now, and whenever the board starts
      twincore deploy /dev/ttyACM0 app.py --dry-run
      twincore deploy app.py --file settings.json --clean
      twincore deploy --rollback
      twincore serve                                 an emulated board; in another terminal:
      twincore deploy socket://127.0.0.1:4455 app.py

    What is on the board stays in use until all that is new is there and verified; then it is switched over. Interrupted
    at any point, the same command says how things stand and goes on. The program on the board is stopped for it, and
    the board restarted at the end.
    """
    from ..deploy.deployment import Order
    from ..deploy.ports import check_port

    port, script = _sorted(words)
    with one_line_errors():
        check_port(port)
        for file in files:
            if file.is_dir():
                raise BadUse(f"--file {file} is a folder: name its files, each with --file")
        for file in (*([script] if script else ()), *files, *([mpy_cross] if mpy_cross else ())):
            check_script(file)
        if rollback and (script or files or main is not None):
            raise BadUse("--rollback brings back a whole deployment: it takes no application and no files")
        order = Order(script, files, main, everything, clean, overwrite, replace, mpy_cross)
        _deploy(port, order, dry_run=dry_run, rollback=rollback)


def _sorted(words: tuple[str, ...]) -> tuple[str, Path | None]:
    """The port and the application: an application ends in .py."""
    from ..deploy.ports import AUTO

    scripts = [word for word in words if word.endswith(".py")]
    ports = [word for word in words if not word.endswith(".py")]
    if len(scripts) > 1 or len(ports) > 1:
        extra = (scripts if len(scripts) > 1 else ports)[1]
        raise click.UsageError(f"one port and one application, which ends in .py: {extra} is too much")
    return ports[0] if ports else AUTO, Path(scripts[0]) if scripts else None


def _deploy(port: str, order: Order, *, dry_run: bool, rollback: bool) -> None:
    from ..deploy.deployment import draw_up, roll_back
    from ..deploy.needed import check_syntax
    from ..deploy.remote import connected

    if order.script is not None:
        check_syntax(order.script)
    with connected(port, restart=True) as remote:
        click.echo(
            f"{remote.port}: {remote.facts.machine or remote.facts.platform}, MicroPython {remote.facts.version}"
        )
        if rollback:
            steps = roll_back(remote, say=click.echo, dry_run=dry_run)
            if dry_run:
                _show_steps(steps)
            return
        draft = draw_up(remote, order, say=click.echo, dry_run=dry_run)
        if dry_run:
            _show_draft(draft)
        elif draft.nothing_to_do:
            click.echo(f"nothing to do: {_files(len(draft.plan.same))} there and verified")
        else:
            _carry_out(remote, draft)


def _carry_out(remote: Remote, draft: Draft) -> None:
    """Copy under a progress bar, and say what was done."""
    from rich.console import Console
    from rich.progress import Progress

    from ..deploy.deployment import carry_out

    plan = draft.plan
    total = sum(map(len, plan.to_send.values()))
    with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task("copying", total=total)

        def show(path: str, size: int) -> None:
            progress.update(task, advance=size, description=path.rpartition("/")[2])

        carry_out(remote, draft, on_block=show)
    done = f"{_files(len(plan.to_send))} copied ({_size(total)})"
    if plan.waiting:
        done += f", {len(plan.waiting)} had been copied before"
    if plan.same:
        done += f", {len(plan.same)} were there"
    if plan.removed:
        done += f", {len(plan.removed)} removed"
    if plan.manifest.left:
        done += f", {len(plan.manifest.left)} left of earlier deployments (--clean removes them)"
    click.echo(f"{done}; verified")
    if plan.manifest.main:
        click.echo(f"{plan.manifest.app} runs when the board starts, as it does now")


def _show_draft(draft: Draft) -> None:
    from rich.console import Console
    from rich.table import Table

    plan = draft.plan
    table = Table("file", "bytes", "what would be done")
    for path, content in plan.copies.items():
        what = "replaced" if path in plan.replaced else "new"
        table.add_row(path, str(len(content)), what + (", copied already" if path in plan.waiting else ""))
    for path in plan.removed:
        table.add_row(path, "", "removed")
    console = Console()
    if plan.copies or plan.removed:
        console.print(table)
    sent = sum(map(len, plan.to_send.values()))
    click.echo(
        f"dry run: {_files(len(plan.to_send))} to copy ({_size(sent)}), {len(plan.same)} are there, "
        f"{draft.found.room.kilobytes(draft.found.room.free)} kB free. Nothing was written"
    )


def _files(count: int) -> str:
    return "1 file" if count == 1 else f"{count} files"


def _size(count: int) -> str:
    return f"{count} bytes" if count < 1024 else f"{count / 1024:.1f} kB"


def _show_steps(steps: list[Step]) -> None:
    for source, path, _ in steps:
        click.echo(f"  {path} {'as it was' if source else 'removed'}")
    click.echo("dry run: nothing was written")
