"""A stream through a queue bounded to 1024, item by item: from a thread to a task, and from a task to a thread."""

from __future__ import annotations

from functools import partial
from time import perf_counter

from ..bridges import Aiologic, AiologicSimple, Bridge, CallSoon, Culsans, Janus, RunCoroutine, Twincore
from ..handmade import Handmade
from ..products import LOOPS, Run, run_twincore
from ..workload import Contender, Figures, Metric, Workload, rate, start_thread, twincore_rows

Peer = tuple[str, type[Bridge], tuple[str, ...], str]  # row, bridge, modules besides the loop's, note
PEERS: tuple[Peer, ...] = (
    ("janus", Janus, ("janus",), ""),
    ("culsans", Culsans, ("culsans",), ""),
    ("aiologic.Queue", Aiologic, ("aiologic",), ""),
    ("aiologic.SimpleQueue", AiologicSimple, ("aiologic",), "unbounded"),
    ("run_coroutine_threadsafe", RunCoroutine, (), "asyncio.Queue"),
)
STANDARD: dict[str, Peer] = {  # how people do it without a library
    "queue-in": ("call_soon_threadsafe", CallSoon, (), "asyncio.Queue, a semaphore for the bound"),
    "queue-out": ("queue.Queue", CallSoon, (), "put_nowait; in the executor when full"),
}


async def into_task(bridge_class: type[Bridge], count: int) -> float:
    """Return the seconds for `count` items from a thread to this task."""
    bridge = bridge_class()
    start = perf_counter()
    thread = start_thread(bridge.feed, count)
    await bridge.take(count)
    seconds = perf_counter() - start
    await bridge.join(thread)
    await bridge.close()
    return seconds


async def out_of_task(bridge_class: type[Bridge], count: int) -> float:
    """Return the seconds for `count` items from this task to a thread, until the thread has the last one."""
    bridge = bridge_class()
    ends: list[float] = []

    def collect() -> None:
        bridge.collect(count)
        ends.append(perf_counter())

    start = perf_counter()
    thread = start_thread(collect)
    await bridge.give(count)
    await bridge.join(thread)
    await bridge.close()
    return ends[0] - start


def measure(name: str, run: Run, bridge_class: type[Bridge], count: int) -> Figures:
    stream = into_task if name == "queue-in" else out_of_task
    return {name: rate(lambda n: run(stream(bridge_class, n)), count) / 1e6}


def contenders(name: str) -> tuple[Contender, ...]:
    rows = list(twincore_rows(partial(measure, name, run_twincore, Twincore)))
    for label, bridge_class, needs, note in (*PEERS, STANDARD[name]):
        for loop, run in LOOPS.items():
            of = label.partition(".")[0] if needs else loop
            rows.append(
                Contender(f"{label} on {loop}", (*needs, loop), partial(measure, name, run, bridge_class), of, note)
            )
    by_hand = partial(measure, name, LOOPS["uvloop"], Handmade)
    note = "deque + eventfd + lock; no product"
    rows.append(Contender("handmade on uvloop", ("uvloop", "eventfd"), by_hand, note=note, product=False))
    return tuple(rows)


def workload(name: str, title: str, targets: dict[str, float]) -> Workload:
    metric = Metric(name, title, "M/s")
    return Workload(name, "queue", (metric,), contenders(name), 50_000, 2_000, targets=targets)


WORKLOADS = (
    workload("queue-in", "Thread to task, bounded 1024", {"culsans": 5.0, "janus": 5.0}),
    workload("queue-out", "Task to thread, bounded 1024", {}),
)
