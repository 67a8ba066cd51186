"""Files: one of 4 kB read whole, again and again, and the lines of another by `async for`. Both are cached."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

from ..passes import rate
from ..products import LOOPS, Run, run_twincore
from ..workload import Contender, Figures, Metric, Target, Workload, check, twincore_rows

BLOCK = bytes(range(256)) * 16
LINES = [f"line {i:06}, with some words to make it longer\n" for i in range(5_000)]
Opened = Callable[[], AbstractAsyncContextManager[Any]]
Program = Callable[[Path, int], Coroutine[Any, Any, float]]


async def read_one_by_one(read: Callable[[], Awaitable[bytes]], count: int) -> float:
    """Return the seconds for the whole file `count` times in turn."""
    start = perf_counter()
    for _ in range(count):
        if await read() != BLOCK:
            check(False, "a file came damaged")
    return perf_counter() - start


async def read_lines(opened: Opened, count: int) -> float:
    """Return the seconds for `count` lines, those of the file again and again."""
    rounds = max(1, count // len(LINES))
    start = perf_counter()
    for _ in range(rounds):
        seen = 0
        async with opened() as file:
            async for _line in file:
                seen += 1
        check(seen == len(LINES) and _line == LINES[-1], "lines lost")
    return (perf_counter() - start) * count / (rounds * len(LINES))


def reading(opened: Opened) -> Callable[[], Coroutine[Any, Any, bytes]]:
    async def read() -> bytes:
        async with opened() as file:
            data: bytes = await file.read()
            return data

    return read


async def twincore_read(path: Path, count: int) -> float:
    from twincore import offload

    return await read_one_by_one(partial(offload.read_bytes, path), count)


async def twincore_open(path: Path, count: int) -> float:
    from twincore import offload

    return await read_one_by_one(reading(partial(offload.open, path, "rb")), count)


async def twincore_lines(path: Path, count: int) -> float:
    from twincore import offload

    return await read_lines(partial(offload.open, path), count)


async def aiofiles_read(path: Path, count: int) -> float:
    import aiofiles

    return await read_one_by_one(reading(partial(aiofiles.open, path, "rb")), count)


async def aiofiles_lines(path: Path, count: int) -> float:
    import aiofiles

    return await read_lines(partial(aiofiles.open, path), count)


async def anyio_read(path: Path, count: int) -> float:
    import anyio

    return await read_one_by_one(anyio.Path(path).read_bytes, count)


async def anyio_lines(path: Path, count: int) -> float:
    import anyio

    @asynccontextmanager
    async def opened() -> AsyncIterator[Any]:
        async with await anyio.open_file(path) as file:
            yield file

    return await read_lines(opened, count)


async def to_thread_read(path: Path, count: int) -> float:
    return await read_one_by_one(partial(asyncio.to_thread, path.read_bytes), count)


def plain_read(path: Path, count: int) -> float:
    start = perf_counter()
    for _ in range(count):
        if path.read_bytes() != BLOCK:
            check(False, "a file came damaged")
    return perf_counter() - start


def plain_lines(path: Path, count: int) -> float:
    rounds = max(1, count // len(LINES))
    start = perf_counter()
    for _ in range(rounds):
        seen = 0
        with path.open() as file:
            for _line in file:
                seen += 1
        check(seen == len(LINES) and _line == LINES[-1], "lines lost")
    return (perf_counter() - start) * count / (rounds * len(LINES))


def measure_with(name: str, one_pass: Callable[[Path, int], float], count: int) -> Figures:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "file")
        path.write_bytes(BLOCK if name == "files-read" else "".join(LINES).encode())
        per_second = rate(partial(one_pass, path), count)
    return {name: (1e6 if name == "files-read" else 1e9) / per_second}


def measure(name: str, run: Run, program: Program, count: int) -> Figures:
    return measure_with(name, lambda path, n: run(program(path, n)), count)


def contenders(name: str) -> tuple[Contender, ...]:
    whole = name == "files-read"
    rows = [*twincore_rows(partial(measure, name, run_twincore, twincore_read if whole else twincore_lines))]
    if whole:
        rows += twincore_rows(partial(measure, name, run_twincore, twincore_open), "open and read")
    for loop, run in LOOPS.items():
        for peer, program in (
            ("aiofiles", aiofiles_read if whole else aiofiles_lines),
            ("anyio", anyio_read if whole else anyio_lines),
        ):
            rows.append(Contender(f"{peer} on {loop}", (peer, loop), partial(measure, name, run, program), peer))
        if whole:
            one = partial(measure, name, run, to_thread_read)
            rows.append(Contender(f"asyncio.to_thread on {loop}", (loop,), one, "to_thread"))
    plain = partial(measure_with, name, plain_read if whole else plain_lines)
    rows.append(Contender("Python's own files", (), plain, "plain", "block their thread", product=False))
    return tuple(rows)


WORKLOADS = (
    Workload(
        name="files-read",
        group="files",
        metrics=(Metric("files-read", "A file of 4 kB read whole, one at a time: time of a file", "µs", "lower"),),
        contenders=contenders("files-read"),
        count=1_000,
        quick_count=50,
        pinned=True,
        targets=(Target("aiofiles", 5.0),),
    ),
    Workload(
        name="files-lines",
        group="files",
        metrics=(Metric("files-lines", "Lines of a file with `async for`: time of a line", "ns", "lower"),),
        contenders=contenders("files-lines"),
        count=len(LINES),
        quick_count=len(LINES),
        pinned=True,
        targets=(Target("aiofiles", 50.0),),
    ),
)
