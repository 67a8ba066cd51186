"""A stream through a queue bounded to 1024: from a thread to a task, and from a task to a thread.

Item by item, in batches where a product has them, and from a thread to a task of asyncio's own loops.
"""

from __future__ import annotations

from functools import partial
from time import perf_counter

from ..bridges import (
    Aiologic,
    AiologicSimple,
    Bridge,
    CallSoon,
    Culsans,
    Janus,
    RunCoroutine,
    Twincore,
    TwincoreBatches,
)
from ..handmade import Handmade, HandmadeCalls
from ..passes import rate
from ..products import BATCHES, FOREIGN, LOOPS, PURE, TWINCORE, Run, run_twincore
from ..workload import Contender, Figures, Metric, Target, Workload, start_thread, twincore_rows

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
    stream = out_of_task if name == "queue-out" else into_task
    return {name: rate(lambda n: run(stream(bridge_class, n)), count) / 1e6}


def peer_rows(name: str, peers: tuple[Peer, ...]) -> list[Contender]:
    """Return the rows of the peers on asyncio's loop and on uvloop."""
    rows = []
    for label, bridge_class, needs, note in peers:
        for loop, run in LOOPS.items():
            of = label.partition(".")[0] if needs else loop
            rows.append(
                Contender(f"{label} on {loop}", (*needs, loop), partial(measure, name, run, bridge_class), of, note)
            )
    return rows


def by_hand(name: str) -> tuple[Contender, ...]:
    """Return what is written for this stream alone: the loops around the deque inlined, or a call for each item."""
    rows = (
        ("handmade", Handmade, "deque + eventfd + lock, inlined; no product"),
        ("handmade item by item", HandmadeCalls, "the same, a call for each item"),
    )
    needs = ("uvloop", "eventfd")
    run = LOOPS["uvloop"]
    return tuple(
        Contender(f"{peer} on uvloop", needs, partial(measure, name, run, bridge_class), peer, note, product=False)
        for peer, bridge_class, note in rows
    )


def contenders(name: str) -> tuple[Contender, ...]:
    ours = twincore_rows(partial(measure, name, run_twincore, Twincore))
    return (*ours, *peer_rows(name, (*PEERS, STANDARD[name])), *by_hand(name))


def in_batches() -> tuple[Contender, ...]:
    """Return the rows of a call for many items beside the peers' item by item, since they have nothing else."""
    batches = partial(measure, "queue-batch", run_twincore, TwincoreBatches)
    return (
        Contender(TWINCORE, (TWINCORE, BATCHES), batches, TWINCORE, "put_many_sync, get_many", ours=True),
        Contender(
            "twincore (pure)", (PURE, BATCHES), batches, "twincore (pure)", "plain Python", product=False, ours=True
        ),
        Contender(
            "twincore item by item",
            (TWINCORE,),
            partial(measure, "queue-batch", run_twincore, Twincore),
            "twincore item by item",
            ours=True,
        ),
        *peer_rows("queue-batch", PEERS[:4]),
        *by_hand("queue-batch"),
    )


def awaited_by_asyncio() -> tuple[Contender, ...]:
    """Return the rows of the same queue, awaited by a task of asyncio's loop or of uvloop. Targets take the better."""
    return (
        *(
            Contender(
                f"twincore on {loop}",
                (TWINCORE, FOREIGN, loop),
                partial(measure, "queue-asyncio", run, Twincore),
                TWINCORE,
                ours=True,
            )
            for loop, run in sorted(LOOPS.items(), reverse=True)  # the first is the one that ratios in tables are of
        ),
        *peer_rows("queue-asyncio", (*PEERS, STANDARD["queue-in"])),
    )


def workload(name: str, group: str, title: str, rows: tuple[Contender, ...], *targets: Target) -> Workload:
    metric = Metric(name, title, "M/s")
    return Workload(name, group, (metric,), rows, 50_000, 2_000, targets=targets)


WORKLOADS = (
    workload(
        "queue-in",
        "queue",
        "Thread to task, bounded 1024",
        contenders("queue-in"),
        Target("culsans", 10.0),
        Target("janus", 10.0),
        Target("handmade item by item", 1.2),
        Target("handmade", 1.2),
    ),
    workload("queue-out", "queue", "Task to thread, bounded 1024", contenders("queue-out"), Target(times=10.0)),
    workload("queue-batch", "batch", "Thread to task, bounded 1024, in batches", in_batches(), Target("culsans", 20.0)),
    workload(
        "queue-asyncio",
        "foreign",
        "Thread to asyncio's task, bounded 1024",
        awaited_by_asyncio(),
        Target("culsans", 5.0),
    ),
)
