"""Wake-up of an idle loop: from a thread's call to set something, to the next line of the task that waited for it."""

from __future__ import annotations

import asyncio
import threading
import time
from functools import partial
from time import perf_counter
from typing import Any

from ..bridges import Aiologic, Bridge, Culsans, Janus
from ..handmade import Handmade
from ..products import LOOPS, Run, run_twincore
from ..workload import Contender, Figures, Metric, Workload, check, percentile, start_thread, twincore_rows

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
    signal = make()
    total = count + count // 10 + 1
    waiting = threading.Semaphore(0)
    stamps: list[float] = []
    found: list[float] = []

    def ring() -> None:
        for _ in range(total):
            waiting.acquire()
            time.sleep(IDLE)
            stamps.append(perf_counter())
            signal.set()

    thread = start_thread(ring)
    for number in range(1, total + 1):
        waiting.release()
        await signal.wait()
        found.append(perf_counter())
        check(len(stamps) == number, f"woken {number} times, set {len(stamps)} times")
        signal.clear()
    thread.join()
    await signal.close()
    return [(end - start) * 1e6 for start, end in zip(stamps, found, strict=True)][total - count :]


def measure(run: Run, make: Any, count: int) -> Figures:
    samples = run(latencies(make, count))
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
    ),
)
