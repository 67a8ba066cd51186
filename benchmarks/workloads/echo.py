"""Echo over loopback TCP: 100 connections, each with one request of 1 kB at a time, both ends in one loop.

Streams as each library has them, on each loop the same code.
"""

from __future__ import annotations

from time import perf_counter
from typing import Any

from ..passes import rate
from ..products import Run
from ..workload import Figures, Metric, Target, Workload, check, loop_rows

CONNECTIONS = 100
SIZE = 1024


async def echo(reader: Any, writer: Any) -> None:
    """Serve one client until it hangs up."""
    while data := await reader.read(SIZE):
        writer.write(data)
        await writer.drain()
    writer.close()
    await writer.wait_closed()


async def ask(reader: Any, writer: Any, number: int, times: int) -> int:
    """Send `times` requests, the next when an answer is whole."""
    requests = [f"{number} {i} ".encode().ljust(SIZE, b".") for i in range(2)]  # an answer too many would be seen
    done = 0
    for i in range(times):
        request = requests[i & 1]
        writer.write(request)
        await writer.drain()
        if await reader.readexactly(SIZE) != request:
            check(False, f"connection {number} got another answer than its request {i}")
        done += 1
    return done


async def exchanges(aio: Any, count: int) -> float:
    """Return the seconds for `count` requests over CONNECTIONS connections, made already."""
    times = max(1, count // CONNECTIONS)
    served: list[Any] = []

    async def serve(reader: Any, writer: Any) -> None:
        await echo(reader, writer)
        served.append(writer)

    server = await aio.start_server(serve, "127.0.0.1", 0, backlog=CONNECTIONS)
    port = server.sockets[0].getsockname()[1]
    connections = [await aio.open_connection("127.0.0.1", port) for _ in range(CONNECTIONS)]
    start = perf_counter()
    for task in [aio.create_task(ask(*ends, number, times)) for number, ends in enumerate(connections)]:
        check(await task == times, "a connection ended early")
    seconds = perf_counter() - start
    for _, writer in connections:
        writer.close()
        await writer.wait_closed()
    while len(served) < CONNECTIONS:
        await aio.sleep(0.001)
    server.close()
    await server.wait_closed()
    return seconds * count / (times * CONNECTIONS)


def measure(run: Run, aio: Any, count: int) -> Figures:
    return {"echo": rate(lambda n: run(exchanges(aio, n)), count) / 1e3}


WORKLOADS = (
    Workload(
        name="echo",
        group="echo",
        metrics=(Metric("echo", "Echo over loopback TCP, 1 kB, 100 connections: requests", "k/s"),),
        contenders=loop_rows(measure),
        count=10_000,
        quick_count=500,
        targets=(Target("asyncio", 1.0),),
        against_best=False,  # uvloop's streams are libuv's
    ),
)
