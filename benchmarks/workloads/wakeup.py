"""Wake-up of an idle loop: from a thread's call to set something, to the next line of the task that waited for it.

A thread that waits for a Lock is the mark: no loop can be woken in less than what the system and Python need for that.
"""

from __future__ import annotations

import _thread
import asyncio
import threading
import time
from functools import partial
from time import perf_counter
from typing import Any

from twincore.desktop.bench.scripts import percentile

from ..bridges import Aiologic, Bridge, Culsans, Janus
from ..handmade import Handmade
from ..products import LOOPS, Run, run_twincore
from ..workload import Contender, Figures, Metric, Target, Workload, check, start_thread, twincore_rows

IDLE = 0.0005  # seconds for the loop to fall asleep


class Signal:
    """What a product offers to wake a task: `set` in the thread; `wait`, and then `clear`, in the task."""

    set: Any
    wait: Any
    clear: Any

    async def close(self) -> None:
        pass


class TwincoreEvent(Signal):
    def __init__(self) -> None:
        from twincore.threadsafe import ThreadSafeEvent

        event = ThreadSafeEvent()
        self.set, self.wait, self.clear = event.set, event.wait, event.clear


class TwincoreFlag(Signal):
    def __init__(self) -> None:
        from twincore.core import ThreadSafeFlag

        flag = ThreadSafeFlag()
        self.set, self.wait, self.clear = flag.set, flag.wait, flag.clear


class CallSoonEvent(Signal):
    def __init__(self) -> None:
        event = asyncio.Event()
        self.wait, self.clear = event.wait, event.clear
        self.set = partial(asyncio.get_running_loop().call_soon_threadsafe, event.set)


class AiologicEvent(Signal):
    """Its event cannot be cleared: a new one each time, as its documentation has it."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        import aiologic

        self.event = aiologic.Event()

    def set(self) -> None:
        self.event.set()

    def wait(self) -> Any:
        return self.event


class ThroughBridge(Signal):
    """A product that has queues only: an item is the signal."""

    def __init__(self, bridge_class: type[Bridge]) -> None:
        self.bridge = bridge_class()
        self.set, self.wait = partial(self.bridge.put_sync, 1), self.bridge.get
        self.close = self.bridge.close  # type: ignore[method-assign]

    def clear(self) -> None:
        pass


async def latencies(make: Any, count: int) -> list[float]:
    """Return `count` latencies in µs, after a tenth as many to warm up."""
    return (await ring(make, count)).latencies()


async def ring(make: Any, count: int) -> Ringer:
    """Return the thread that did it, with all that was measured."""
    signal = make()
    ringer = Ringer(count, signal.set)
    for _ in range(ringer.total):
        ringer.waiting.release()
        await signal.wait()
        ringer.found.append(perf_counter())
        ringer.check()
        signal.clear()
    await signal.close()
    return ringer


class Ringer:
    """The thread that sets, each time that `waiting` is released, and when it did."""

    def __init__(self, count: int, set_: Any) -> None:
        self.count = count
        self.total = count + count // 10 + 1
        self.waiting = threading.Semaphore(0)
        self.stamps: list[float] = []
        self.found: list[float] = []
        self.late: list[float] = []  # how long after its sleep was over the thread ran
        self.thread = start_thread(self.ring, set_)

    def ring(self, set_: Any) -> None:
        for _ in range(self.total):
            self.waiting.acquire()
            due = perf_counter() + IDLE
            time.sleep(IDLE)
            self.late.append(perf_counter() - due)
            self.stamps.append(perf_counter())
            set_()

    def check(self) -> None:
        found, stamps = len(self.found), len(self.stamps)
        if found != stamps:
            check(False, f"woken {found} times, set {stamps} times")

    def latencies(self) -> list[float]:
        self.thread.join()
        times = [(end - start) * 1e6 for start, end in zip(self.stamps, self.found, strict=True)]
        return times[self.total - self.count :]


def lock_latencies(count: int) -> list[float]:
    """As `latencies`, of a thread that waits for a Lock which the other releases."""
    lock = _thread.allocate_lock()
    lock.acquire()
    ringer = Ringer(count, lock.release)
    for _ in range(ringer.total):
        ringer.waiting.release()
        lock.acquire()
        ringer.found.append(perf_counter())
        ringer.check()
    return ringer.latencies()


def measure(run: Run, make: Any, count: int) -> Figures:
    return figures(run(latencies(make, count)), count)


def measure_lock(count: int) -> Figures:
    return figures(lock_latencies(count), count)


def figures(samples: list[float], count: int) -> Figures:
    check(len(samples) == count and min(samples) > 0, "a task went on before it was woken")
    return {"wakeup-p50": percentile(samples, 50), "wakeup-p99": percentile(samples, 99)}


def contenders() -> tuple[Contender, ...]:
    rows = [
        *twincore_rows(partial(measure, run_twincore, TwincoreEvent)),
        *twincore_rows(partial(measure, run_twincore, TwincoreFlag), "ThreadSafeFlag"),
    ]
    for loop, run in LOOPS.items():
        rows.append(Contender(f"call_soon_threadsafe on {loop}", (loop,), partial(measure, run, CallSoonEvent), loop))
        event = partial(measure, run, AiologicEvent)
        rows.append(Contender(f"aiologic.Event on {loop}", ("aiologic", loop), event, "aiologic"))
        for peer, bridge_class in (("aiologic", Aiologic), ("janus", Janus), ("culsans", Culsans)):
            make = partial(ThroughBridge, bridge_class)
            rows.append(Contender(f"{peer}.Queue on {loop}", (peer, loop), partial(measure, run, make), peer))
    by_hand = partial(measure, LOOPS["uvloop"], partial(ThroughBridge, Handmade))
    rows.append(Contender("handmade on uvloop", ("uvloop", "eventfd"), by_hand, note="no product", product=False))
    rows.append(Contender("two threads and a Lock", (), measure_lock, "a Lock", "no loop", product=False))
    return tuple(rows)


WORKLOADS = (
    Workload(
        name="wakeup",
        group="wakeup",
        metrics=(
            Metric("wakeup-p50", "Wake-up of an idle loop by a thread, p50", "µs", "lower"),
            Metric("wakeup-p99", "Wake-up of an idle loop by a thread, p99", "µs", "lower"),
        ),
        contenders=contenders(),
        count=1_000,
        quick_count=50,
        pinned=True,
        targets=(Target("uvloop", 2.0, "wakeup-p50"), Target("a Lock", 1 / 1.4, "wakeup-p50")),
    ),
)
