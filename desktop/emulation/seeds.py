"""One application with many interleavings of the emulated board's cores: each seed a board, as many at once as there
are processors.

What fails with one seed fails with it again: see `emulator` for what a seed is. Results come in the order of the seeds.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from ..process import RunResult
from .emulator import BOOT_ALLOWANCE, Session


@dataclass(frozen=True)
class SeedResult:
    """How one seed went."""

    seed: int
    result: RunResult

    @property
    def failed(self) -> bool:
        return self.result.exit_code != 0

    @property
    def verdict(self) -> str:
        """How it ended, in a word or two."""
        code = self.result.exit_code
        return self.result.ending or {0: "ok", 1: "failed"}.get(code, f"exit code {code}")


def run_all(sessions: Sequence[Session], wall_limit: float) -> Generator[SeedResult, None, None]:
    """Run the sessions and yield the result of each. If the caller stops before the end, what still runs is killed.

    Args: wall_limit, seconds of this machine's time that the sessions were prepared with.
    """
    runs = _Runs()
    with ThreadPoolExecutor(os.cpu_count() or 1) as threads:
        try:
            futures = [
                threads.submit(session.run, timeout=wall_limit + BOOT_ALLOWANCE, started=runs.add)
                for session in sessions
            ]
            for session, future in zip(sessions, futures, strict=True):
                yield SeedResult(session.seed, future.result())
        finally:
            threads.shutdown(wait=False, cancel_futures=True)
            runs.kill()


class _Runs:
    """How to kill what has been started, and what would be started after that."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kills: list[Callable[[], None]] = []
        self._killed = False

    def add(self, kill: Callable[[], None]) -> None:
        with self._lock:
            if not self._killed:
                self._kills.append(kill)
                return
        kill()

    def kill(self) -> None:
        with self._lock:
            self._killed = True
            kills, self._kills = self._kills, []
        for kill in kills:
            kill()
