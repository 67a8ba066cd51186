"""The products: which are here, in which version, and how each runs a coroutine.

A contender (one row of a table) names the products that it needs; one that is not installed is reported, never dropped.
"""

from __future__ import annotations

import asyncio
import importlib
import importlib.util
import os
import sys
import threading
from collections.abc import Callable, Coroutine
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

Run = Callable[[Coroutine[Any, Any, Any]], Any]

# Besides what Python itself has.
PEERS = ("uvloop", "janus", "culsans", "aiologic", "anyio", "trio", "aiosqlite", "aiofiles", "pynmea2")
STANDARD = ("asyncio", "eventfd")
TWINCORE, PURE = "twincore", "twincore pure"
MICROPYTHON = "micropython"  # the unix port
BATCHES, FOREIGN = "ThreadSafeQueue.put_many_sync", "ThreadSafeQueue in asyncio"  # what a version of ours may not have


def reason_missing(product: str) -> str | None:
    """Say why `product` cannot be measured here; None if it can."""
    if product == MICROPYTHON:
        from twincore.desktop import targets

        reason = targets.reason_missing(product)
        return reason and reason.removeprefix(f"{product} is ")
    if product == "eventfd":
        return None if hasattr(os, "eventfd") else "needs Linux and Python 3.10"
    if product == BATCHES:
        from twincore.threadsafe import ThreadSafeQueue

        missing = [name for name in ("put_many_sync", "get_many") if not hasattr(ThreadSafeQueue, name)]
        return f"not there: this version has no {' and no '.join(missing)}" if missing else None
    if product == FOREIGN:
        return None if asyncio_can_wait() else "not there: this version's waits are for twincore's own tasks"
    if product in (TWINCORE, PURE):
        from twincore import core

        if product == TWINCORE and not core.compiled:
            return "not compiled here (twincore.core.compiled is False); measure --pure, or install a C compiler"
        return None
    try:
        found = importlib.util.find_spec(product) is not None
    except ValueError:  # sys.modules holds None for it
        found = False
    return None if found else "not installed: pip install -e '.[bench]'"


@lru_cache
def asyncio_can_wait() -> bool:
    """Whether a task of asyncio can await a ThreadSafeQueue, and be woken there by a thread."""
    from twincore.threadsafe import ThreadSafeQueue

    queue = ThreadSafeQueue(1)

    async def probe() -> bool:
        putting = threading.Timer(0.05, queue.put_sync, (1,))
        putting.start()
        try:
            return bool(await asyncio.wait_for(take(), 2) == 1)
        except Exception:
            return False
        finally:
            putting.join()

    async def take() -> int:
        return int(await queue.get())

    return asyncio.run(probe())


def versions() -> dict[str, str]:
    """Return the version of each product, or why there is none."""
    found = {}
    for product in (TWINCORE, *PEERS):
        reason = reason_missing(product)
        try:
            found[product] = reason or version(product)
        except PackageNotFoundError:
            found[product] = "unknown"
    return found


def child_environment(needs: tuple[str, ...]) -> dict[str, str]:
    """Return the environment of a measurement: it has to be the variant of twincore that the row names."""
    environment = {k: v for k, v in os.environ.items() if k not in ("TWINCORE_PURE", "TWINCORE_REQUIRE_COMPILED")}
    if PURE in needs:
        environment["TWINCORE_PURE"] = "1"
    elif TWINCORE in needs:
        environment["TWINCORE_REQUIRE_COMPILED"] = "1"
    return environment


def run_asyncio(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Run on asyncio's own loop."""
    return asyncio.run(coroutine)


def run_uvloop(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Run on uvloop, in the way that its documentation gives for this version of Python."""
    import uvloop

    if sys.version_info >= (3, 11):
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(coroutine)
    uvloop.install()
    return asyncio.run(coroutine)


def run_twincore(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Run on twincore."""
    from twincore import core

    return core.run(coroutine)


LOOPS: dict[str, Run] = {"asyncio": run_asyncio, "uvloop": run_uvloop}


def library(name: str) -> Any:
    """Return the module that a program for this loop imports as asyncio."""
    return importlib.import_module("twincore.core" if name == TWINCORE else "asyncio")
