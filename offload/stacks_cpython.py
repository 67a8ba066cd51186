"""Where the processes of a pool are: each tells it when it is signalled, whatever it does, even in C code that never ends.

The other half is in `far_side_cpython`: a process that a pool made has faulthandler write its stacks to a FIFO of its
own at SIGNAL, and notes beside it which job it has. POSIX systems only. Asked by a thread, for the answers take a while.
"""

from __future__ import annotations

import os
import re
import select
import shutil
import tempfile
import time
import weakref
from collections.abc import Iterable
from typing import Any

from ..core.lazy import above
from .remote_call_cpython import THREAD, far_side
from .start_cpython import chain, where
from .token import thread_of

LIMIT = 1.0  # seconds that an answer may take

_FAR_SIDE = os.path.basename(str(far_side.__file__))
_FRAME = re.compile(r'^  File "(.*)", line (\d+) in (.*)$')


async def ask(engine: Any, numbers: set[int]) -> dict[int, str]:
    """Where the processes of `engine` are that have one of the jobs `numbers`: {number: text}. RuntimeError if there is
    no thread that could ask."""
    if engine is None or engine.stacks is None or not numbers:
        return {}
    found: dict[int, str] = await above("offload.pools", "pool")("stacks").assign(engine.ask, numbers)
    return found


def place(job: Any, how: int, engine: Any, found: str | None) -> str:
    """Where `job` is that a pool gives up, for messages; `found`: what its process said, if it was asked and has."""
    if how == THREAD:
        return where(thread_of(job))
    if engine is None or not engine.made or not engine.processes:
        return ""
    if engine.stacks is None:
        found = " (where it is can't be told on this system)"
    return " in a process, which is killed" + (found or " (it did not say where it is)")


class Stacks:
    """The folder where processes of one executor leave their answers. It is removed by `close`, or when this goes."""

    def __init__(self) -> None:
        self.folder = tempfile.mkdtemp(prefix="twincore-processes-")
        self._remove = weakref.finalize(self, shutil.rmtree, self.folder, True)

    def ask(self, pids: Iterable[int], numbers: set[int], limit: float = LIMIT) -> dict[int, str]:
        """Where those of the processes `pids` are that have one of the jobs `numbers`: {number: text}.

        Blocks until all have answered, `limit` seconds at most; a process that has not answered by then is left out.
        """
        deadline = time.monotonic() + limit
        asked = {}
        found = {}
        try:
            for pid in pids:
                answer = _Answer(os.path.join(self.folder, str(pid)), pid)
                if answer.number in numbers and answer.request():
                    asked[answer.descriptor] = answer
            poll = select.poll()
            for descriptor in asked:
                poll.register(descriptor, select.POLLIN)
            waiting = set(asked)
            while waiting:
                left = deadline - time.monotonic()
                if left <= 0:
                    break
                for descriptor, _ in poll.poll(left * 1000):
                    if asked[descriptor].read():
                        poll.unregister(descriptor)
                        waiting.discard(descriptor)
            for answer in asked.values():
                text = answer.text()
                if text is not None:
                    found[answer.number] = text
        finally:
            for answer in asked.values():
                answer.close()
        return found

    def close(self) -> None:
        """Remove the folder."""
        self._remove()

    def forked(self) -> None:
        """In the child of a fork: the folder is the parent's."""
        self._remove.detach()


class _Answer:
    """What one process says."""

    def __init__(self, base: str, pid: int) -> None:
        self.number = 0  # of its job, if it can be asked
        self.descriptor = -1
        self._base = base
        self._pid = pid
        self._main = 0
        self._data = b""
        self._look()

    def _look(self) -> None:
        try:
            with open(self._base + far_side.NOTE, "rb") as file:
                self.number, self._main = far_side.LAYOUT.unpack(file.read())
        except OSError:  # it has not got so far, or has no such thing
            self.number = 0

    def request(self) -> bool:
        """Signal the process. False if it can't be asked."""
        try:
            self.descriptor = os.open(self._base + far_side.STACKS, os.O_RDONLY | os.O_NONBLOCK)
        except OSError:
            return False
        try:
            self._take()  # what it was asked by others
            self._data = b""
            os.kill(self._pid, far_side.SIGNAL)
        except OSError:
            self.close()
            return False
        return True

    def close(self) -> None:
        os.close(self.descriptor)

    def read(self) -> bool:
        """Take what has come. True if that is all there is to wait for."""
        return not self._take() or self._steps()[1]

    def _take(self) -> bool:
        while True:
            try:
                data = os.read(self.descriptor, 1 << 16)
            except BlockingIOError:
                return True
            if not data:
                return False  # it has ended
            self._data += data

    def _steps(self) -> tuple[list[tuple[str, str, str]], bool]:
        """(name, file, line) of each function that its main thread is in, innermost first, up to that which makes the
        calls; and whether that came."""
        lines = self._data.decode("ascii", "replace").split("\n")[:-1]  # the last one has not come wholly
        head = re.compile(rf"^(Current thread|Thread) 0x0*{self._main:x}\b")
        steps: list[tuple[str, str, str]] = []
        inside = False
        for line in lines:
            if head.match(line):
                inside = True
            elif inside:
                frame = _FRAME.match(line)
                if frame is None:
                    return steps, True  # a limit of faulthandler's
                file, number, name = frame.groups()
                if name == far_side.call.__name__ and os.path.basename(file) == _FAR_SIDE:
                    return steps, True
                steps.append((name, file, number))
        return steps, False

    def text(self) -> str | None:
        """For messages; None if it has not answered, or has got to another job meanwhile."""
        steps, complete = self._steps()
        asked = self.number
        self._look()
        if not complete or self.number != asked:
            return None
        return chain(f"{name}, {file}:{number}" for name, file, number in steps) or " (in a function that is not Python's)"
