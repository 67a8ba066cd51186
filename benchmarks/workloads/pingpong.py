"""Ping-pong: a thread sends a number to a task and waits until it comes back; then the next.

Two threads that hand it to and fro with a Lock each are the mark.
"""

from __future__ import annotations

import _thread
from functools import partial
from time import perf_counter

from ..bridges import Aiologic, AiologicSimple, Bridge, CallSoon, Culsans, Janus, Twincore, check_item
from ..handmade import Handmade
from ..passes import rate
from ..products import LOOPS, Run, run_twincore
from ..workload import Contender, Figures, Metric, Target, Workload, start_thread, twincore_rows

PEERS: tuple[tuple[str, type[Bridge], tuple[str, ...]], ...] = (
    ("janus", Janus, ("janus",)),
    ("culsans", Culsans, ("culsans",)),
    ("aiologic.Queue", Aiologic, ("aiologic",)),
    ("aiologic.SimpleQueue", AiologicSimple, ("aiologic",)),
    ("call_soon_threadsafe", CallSoon, ()),
)


async def trips(bridge_class: type[Bridge], count: int) -> float:
    """Return the seconds for `count` round trips, as the thread sees them."""
    there, back = bridge_class(), bridge_class()
    times: list[float] = []

    def serve() -> None:
        put, get = there.put_sync, back.get_sync
        start = perf_counter()
        for i in range(count):
            put(i)
            check_item(get(), i)
        times.append(perf_counter() - start)

    thread = start_thread(serve)
    get, put = there.get, back.put
    for i in range(count):
        item = await get()
        check_item(item, i)
        await put(item)
    await back.join(thread)
    await there.close()
    await back.close()
    return times[0]


def trips_with_locks(count: int) -> float:
    """The same between two threads without any loop: a cell and a Lock for each way."""
    there, back = _thread.allocate_lock(), _thread.allocate_lock()
    there.acquire()
    back.acquire()
    cell = [-1]
    times: list[float] = []

    def serve() -> None:
        start = perf_counter()
        for i in range(count):
            cell[0] = i
            there.release()
            back.acquire()
            check_item(cell[0], -i)
        times.append(perf_counter() - start)

    thread = start_thread(serve)
    for i in range(count):
        there.acquire()
        check_item(cell[0], i)
        cell[0] = -i
        back.release()
    thread.join()
    return times[0]


def measure_locks(count: int) -> Figures:
    return {"pingpong": rate(trips_with_locks, count) / 1e3}


def measure(run: Run, bridge_class: type[Bridge], count: int) -> Figures:
    return {"pingpong": rate(lambda n: run(trips(bridge_class, n)), count) / 1e3}


def contenders() -> tuple[Contender, ...]:
    rows = list(twincore_rows(partial(measure, run_twincore, Twincore)))
    for label, bridge_class, needs in PEERS:
        for loop, run in LOOPS.items():
            of = label.partition(".")[0] if needs else loop
            note = "queue.Queue back" if bridge_class is CallSoon else ""
            rows.append(Contender(f"{label} on {loop}", (*needs, loop), partial(measure, run, bridge_class), of, note))
    by_hand = partial(measure, LOOPS["uvloop"], Handmade)
    rows.append(Contender("handmade on uvloop", ("uvloop", "eventfd"), by_hand, note="no product", product=False))
    rows.append(Contender("two threads and two Locks", (), measure_locks, "two Locks", "no loop", product=False))
    return tuple(rows)


WORKLOADS = (
    Workload(
        name="pingpong",
        group="pingpong",
        metrics=(Metric("pingpong", "Round trips between a thread and a task", "k/s"),),
        contenders=contenders(),
        count=5_000,
        quick_count=500,
        pinned=True,
        targets=(Target("uvloop", 1.6), Target("two Locks", 0.8)),
    ),
)
