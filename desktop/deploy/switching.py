"""Bringing a plan onto the board: copy beside what runs, verify, switch in one go, verify again.

Until the switch the board's files are what they were. The switch is a journal, which the board goes through by itself:
renames only, the manifest last. Whatever interrupts a deployment, `recover` tells where it stood, and the next one
goes on from there.
"""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from functools import partial
from types import FrameType

from .errors import BoardLost, DeployError, Interrupted
from .planning import Plan
from .records import Manifest, Places, Step, journal_text
from .remote import ENOSPC, BoardError, Remote, digest
from .survey import Survey, survey

Say = Callable[[str], object]
NAMED = 3  # files that are said to be in the way of more room


def recover(remote: Remote, places: Places, *, say: Say, write: bool = True) -> Survey:
    """Finish a switch that was interrupted, and return how things stand. With write=False only look.

    Args: say, called with what was interrupted.
    """
    found = survey(remote, places)
    if found.switching:
        interrupted = "an earlier deployment was interrupted in the middle of its switch"
        if write:
            say(f"{interrupted}: it is finished now")
            try:
                remote.exec(_switch_code(places))
            except BoardError as error:
                if error.errno != ENOSPC:
                    raise
                raise DeployError(f"{error}, so it is not finished: {largest_of_others(remote, places)}") from None
            return survey(remote, places)
        say(f"{interrupted}: files of two deployments are in use, until one that is no dry run finishes it")
    elif found.replacing:
        say("an earlier deployment with --replace was interrupted: what is on the board is incomplete")
    elif found.new:
        say(
            f"an earlier deployment was interrupted while it copied: {len(_whole(found, places))} of its files wait on "
            "the board; what was deployed before is untouched"
        )
    return found


def take_up(remote: Remote, plan: Plan, found: Survey, places: Places) -> None:
    """Note in the plan which of its files wait on the board already, whole."""
    names = {places.waiting(path, digest(content)): path for path, content in plan.copies.items()}
    waiting = remote.report([name for name in _whole(found, places) if name in names])
    plan.waiting = {names[name] for name, (_, hashed) in waiting.items() if hashed == digest(plan.copies[names[name]])}


def _whole(found: Survey, places: Places) -> list[str]:
    records = (f"{places.new}/manifest", f"{places.new}/previous")
    return [path for path in found.new if not path.endswith(".part") and path not in records]


def stage(remote: Remote, plan: Plan, places: Places, on_block: Callable[[str, int], object]) -> None:
    """Copy what is to be sent into new/, where it is verified. Raises DeployError; nothing is in use yet.

    Args: on_block, called with the path and the number of bytes after each block.
    """
    done = 0
    try:
        for path, content in plan.to_send.items():
            remote.put(places.waiting(path, digest(content)), content, partial(on_block, path))
            done += 1
    except BoardError as error:
        if error.errno == ENOSPC:  # what waits would keep the application from writing
            remote.drop(places.new)
        raise DeployError(f"{error}. {_untouched(done, plan)}") from None
    except BoardLost as error:
        raise BoardLost(f"{error}. {_untouched(done, plan)}; run the command again to go on") from None
    except KeyboardInterrupt:
        raise Interrupted(f"interrupted. {_untouched(done, plan)}; run the command again to go on") from None
    except DeployError as error:
        raise DeployError(f"{error}. {_untouched(done, plan)}; run the command again") from None


def _untouched(done: int, plan: Plan) -> str:
    return f"{done} of {len(plan.to_send)} files were copied; what was deployed before is untouched"


def largest_of_others(remote: Remote, places: Places, found: Survey | None = None) -> str:
    """What to remove to make room: the largest files that no deployment has brought, or needs for going back.

    Args: found, how things stand, if that is known: to ask takes seconds.
    """
    found = found or survey(remote, places)
    known = {*found.manifest.everything, *(found.previous.everything if found.previous else ())}
    records = f"{places.folder}/"
    there = {path.replace("//", "/"): size for path, size in remote.tree(places.root or "/").items()}
    others = {path: size for path, size in there.items() if path not in known and not path.startswith(records)}
    sizes = {path: size for path, size in others.items() if size >= found.room.block}
    largest = sorted(sizes, key=lambda path: -sizes[path])[:NAMED]
    if not largest:
        return "remove files, of which none on the board is large and not twincore's"
    return "remove files, such as " + ", ".join(f"{path} ({-(-sizes[path] // 1024)} kB)" for path in largest)


def prepare(remote: Remote, places: Places, steps: list[Step], manifest: Manifest, previous: Manifest) -> None:
    """Write the records and then the journal: with it, the switch has begun."""
    remote.put(f"{places.new}/previous", previous.text())
    remote.put(f"{places.new}/manifest", manifest.text())
    remote.put(places.journal, journal_text(steps))


def switch(
    remote: Remote, places: Places, steps: list[Step], manifest: Manifest, previous: Manifest, *, keep: bool
) -> None:
    """Put what waits into use, verify it, and remove what going back does not need. Ctrl-C waits until that is done.

    Args: keep, whether going back is possible after it.
    """
    begun = False
    try:
        with _ctrl_c_waits():
            prepare(remote, places, steps, manifest, previous)
            begun = True
            remote.exec(_switch_code(places))
    except DeployError as error:
        full = isinstance(error, BoardError) and error.errno == ENOSPC
        if full and not begun:
            remote.drop(places.new)
            remove = largest_of_others(remote, places)
            raise DeployError(f"{error}. Nothing has been switched: {remove}, and run the command again") from None
        kind = BoardLost if isinstance(error, BoardLost) else DeployError
        first = f"{largest_of_others(remote, places)}, and " if full else ""
        raise kind(
            f"{error}. It was interrupted while it switched, and the board may have files of both deployments: "
            f"{first}run the command again to finish it"
        ) from None
    moved = {path: manifest.everything[path] for source, path, _ in steps if source and path in manifest.everything}
    found = remote.report(list(moved))
    wrong = [path for path, hashed in moved.items() if found[path][1] != hashed]
    if wrong:
        raise DeployError(f"{', '.join(wrong)} on the board: not as written. Is its flash worn? Run the command again")
    if any(aside for _, _, aside in steps) or not keep:
        needed = [places.aside(path, hashed) for path, hashed in previous.everything.items()] if keep else []
        remote.exec(f"t_keep({places.old!r}, {tuple(name.rpartition('/')[2] for name in needed)!r})")


def _switch_code(places: Places) -> str:
    return f"t_switch({places.journal!r}); t_drop({places.replacing!r}); t_drop({places.new!r})"


@contextlib.contextmanager
def _ctrl_c_waits() -> Iterator[None]:
    """Keep SIGINT until the block ends: half a switch is worse than a second's wait."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    received: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        received.append(number)

    before = signal.signal(signal.SIGINT, note)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if received:
        raise KeyboardInterrupt
