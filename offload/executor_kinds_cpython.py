"""Which executors a pool can have, and those that it makes by their names."""

from __future__ import annotations

import concurrent.futures
import faulthandler
import os
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from importlib.util import find_spec
from typing import Any
from weakref import WeakSet

from .remote_call_cpython import BYTES, CLUSTER, OTHER, THREAD, far_side
from .stacks_cpython import Stacks

WORDS = ("process", "interpreter", "dask")

SETTLING = 5.0  # seconds

living: WeakSet[Any] = WeakSet()  # Remotes; whose processes end when this one does
_registered = False
_forked = False  # this is the child of a fork


class Engine:
    """An executor. `made` by the pool, which then ends it; `client`: of a cluster that was made for it; `stacks`: how
    its processes are asked where they are, None if they can't be."""

    def __init__(self, executor: Any, made: bool = False, client: Any = None, stacks: Stacks | None = None) -> None:
        self.executor = executor
        self.made = made
        self.client = client
        self.stacks = stacks
        # The dict itself, filled as they start; as ProcessPoolExecutor.kill_workers of Python 3.14 has it.
        self.processes: dict[int, Any] | None = getattr(executor, "_processes", None)
        self._ends: str | None = None
        self._watched = 0  # of the processes

    def submit(self, *call: Any) -> Future[Any]:
        """As the executor's own. BrokenExecutor only if the call will not be made."""
        future: Future[Any] = self.executor.submit(*call)
        # ProcessPoolExecutor looks out for the processes that there are when its thread is woken, which is before a
        # new one is started (Python 3.11): woken once more it notices if that one is killed.
        while self.processes and len(self.processes) > self._watched:
            self._watched = len(self.processes)
            try:
                self.executor.submit(int)
            except BrokenExecutor:
                break
        return future

    def ends(self) -> str:
        """How those of its processes ended that had ended when this was first asked. The others are killed then."""
        if self._ends is None:
            codes = [process.exitcode for process in self._all()]
            self._ends = " and one ".join(_how_ended(code) for code in codes if code is not None)
            if self.made:
                self.kill()
        return self._ends

    def ask(self, numbers: set[int]) -> dict[int, str]:
        """Where its processes are that have one of the jobs `numbers`: {number: text}. Blocks for a moment."""
        if self.stacks is None:
            return {}
        return self.stacks.ask([process.pid for process in self._all()], numbers)

    def kill(self) -> None:
        """End its processes, whatever they do."""
        for process in self._all():
            process.kill()
        self._forget()

    def _forget(self) -> None:
        """There is nobody to be asked any more."""
        if self.stacks is not None:
            self.stacks.close()

    def settle(self, timeout: float) -> None:
        """Once its processes were killed: wait for the executor's own thread to have noticed.

        concurrent.futures wakes that thread as the program ends; one that is just closing its pipe then makes it
        OSError (Python 3.11).
        """
        thread = getattr(self.executor, "_executor_manager_thread", None)
        if thread is not None:
            thread.join(timeout)

    def _all(self) -> list[Any]:
        return list((self.processes or {}).values())

    def close(self) -> None:
        """Wait for it to end."""
        self.executor.shutdown(wait=True)
        self._forget()
        if self.client is not None:
            cluster = self.client.cluster
            self.client.close()
            cluster.close()


def resolve(executor: Any) -> tuple[int, Engine | None, Callable[[int], Engine] | None]:
    """(how a call is handed over, an Engine or None, what makes one)"""
    if executor == "process":
        return BYTES, None, _processes
    if executor == "interpreter":
        if sys.version_info < (3, 14):
            raise RuntimeError(f"executor='interpreter' needs Python 3.14 or later; this is {sys.version.split()[0]}")
        return BYTES, None, _interpreters
    if executor == "dask":
        if find_spec("distributed") is None:
            raise RuntimeError("executor='dask' needs dask.distributed: pip install 'twincore[dask]'")
        return CLUSTER, None, _cluster
    if not isinstance(executor, Executor):
        if not _of_dask(executor) or not hasattr(executor, "get_executor"):
            raise TypeError(
                f"executor is a concurrent.futures.Executor, a dask.distributed.Client, or one of {', '.join(WORDS)}, "
                f"not {executor!r}"
            )
        executor = executor.get_executor()
    if _of_dask(executor):
        return CLUSTER, Engine(executor), None
    kinds = {base.__name__ for base in type(executor).__mro__}
    if "ProcessPoolExecutor" in kinds or "InterpreterPoolExecutor" in kinds:
        return BYTES, Engine(executor), None
    return (THREAD if isinstance(executor, ThreadPoolExecutor) else OTHER), Engine(executor), None


def _of_dask(thing: object) -> bool:
    return type(thing).__module__.partition(".")[0] == "distributed"


def _processes(size: int) -> Engine:
    import multiprocessing
    from concurrent.futures.process import ProcessPoolExecutor

    _end_before_exit()
    # Not fork: of this process's threads the child would have one, and the locks of all.
    # In the child of a fork not forkserver either: that is the parent's, which multiprocessing does not notice.
    usable = "forkserver" in multiprocessing.get_all_start_methods() and not _forked
    context = multiprocessing.get_context("forkserver" if usable else "spawn")
    stacks = None
    if hasattr(faulthandler, "register") and hasattr(os, "mkfifo"):
        stacks = Stacks()
    folder = None if stacks is None else stacks.folder
    return Engine(ProcessPoolExecutor(size, context, far_side.prepare, (folder,)), True, None, stacks)


def _interpreters(size: int) -> Engine:
    return Engine(concurrent.futures.InterpreterPoolExecutor(size), True)  # type: ignore[attr-defined,unused-ignore]


def _cluster(size: int) -> Engine:
    from distributed import Client, get_client

    try:
        return Engine(get_client().get_executor(), True)
    except ValueError:
        client = Client(n_workers=size, threads_per_worker=1, dashboard_address=":0", set_as_default=False)
        return Engine(client.get_executor(), True, client)


def _how_ended(code: int) -> str:
    if code < 0:
        try:
            return "was killed by " + signal.Signals(-code).name
        except ValueError:
            return f"was killed by signal {-code}"
    hint = ", its output says why; a main module guards what it runs with `if __name__ == '__main__'`"
    return f"ended with exit code {code}" + (hint if code == 1 else "")


def _end_before_exit() -> None:
    """Have the processes ended when this one does, instead of waited for. Called once there are any."""
    global _registered
    if not _registered:
        _registered = True
        # concurrent.futures waits for its processes in a callback of this kind; the newest comes first.
        threading._register_atexit(_at_exit)  # type: ignore[attr-defined]


def _at_exit() -> None:
    for engine in [remote.end() for remote in list(living)]:
        if engine is not None:
            engine.settle(SETTLING)


def _after_fork() -> None:
    global _forked
    _forked = True


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
