"""What tests share on every target: this file and its importers run on CPython, MicroPython unix and the RP2040."""

import _thread
import sys
import time

CPYTHON = sys.implementation.name == "cpython"
MICROPYTHON = sys.implementation.name == "micropython"
RP2 = sys.platform == "rp2"

if CPYTHON:

    def ticks_ms():
        return time.monotonic_ns() // 1_000_000

    def ticks_diff(new, old):
        return new - old

    def sleep_ms(ms):
        time.sleep(ms / 1000)

else:
    ticks_ms = time.ticks_ms
    ticks_diff = time.ticks_diff
    sleep_ms = time.sleep_ms


def submodule(package, name):
    """The module `name` of `package`, for tests of what users do not see."""
    name = package.__name__ + "." + name
    __import__(name)
    return sys.modules[name]


def watched(loop):
    """How many tasks wait for streams of `loop`."""
    io = loop.io
    return 0 if io is None else io.watching - len(getattr(io, "_stale", ()))


def run(core, coro_fn, *args, limit=10):
    """The result of `await coro_fn(*args)` on a loop of its own, cancelled after `limit` seconds.

    `limit=None` leaves the loop without a timer, so that an idle loop sleeps for ever, as a program's may: only the
    test's own time limit (and, on the emulated board, the deadlock check) then ends a lost wake-up.
    """
    core.new_event_loop()
    try:
        if limit is None:
            return core.run(coro_fn(*args))
        return core.run(_bounded(core, coro_fn, args, limit))
    finally:
        core.new_event_loop()


async def _bounded(core, coro_fn, args, limit):
    late = []
    dog = core.create_task(_watch(core, core.current_task(), limit, late))
    try:
        return await coro_fn(*args)
    except core.CancelledError:
        if late:
            raise AssertionError(f"still running after {limit} s") from None
        raise
    finally:
        dog.cancel()


async def _watch(core, task, limit, late):
    await core.sleep(limit)
    late.append(limit)
    task.cancel()


def same_trace(core, asyncio, traced, *case):
    """Assert that the program `traced(library, unit, *case)` returns the same with both; `unit` is a time in seconds.

    Their times are real: if they differ, the machine may have been busy, and both are run again, more slowly.
    """
    for unit in (0.01, 0.05):
        core.new_event_loop()
        ours, theirs = traced(core, unit, *case), traced(asyncio, unit, *case)
        if ours == theirs:
            return
    raise AssertionError(f"{case}: {ours} != {theirs}")


class Thread:
    """A function on another thread (core 1 on the RP2040); `join` gives its result or raises what it raised."""

    def __init__(self, fn, args):
        self.fn = fn
        self.args = args
        self.result = None
        self.error = None
        self.finished = False  # written last, by the thread

    def _run(self):
        try:
            self.result = self.fn(*self.args)
        except BaseException as error:
            self.error = error
        self.finished = True

    def join(self, timeout=10):
        start = ticks_ms()
        while not self.finished:
            if ticks_diff(ticks_ms(), start) > timeout * 1000:
                raise AssertionError(f"the thread is still running after {timeout} s")
            sleep_ms(1)
        if self.error is not None:
            raise self.error
        return self.result


def start_thread(fn, *args):
    thread = Thread(fn, args)
    if RP2:
        _thread.stack_size(6 * 1024)  # the default 4 kB is used up by a few nested calls
    start = ticks_ms()
    try:
        while True:
            try:
                _thread.start_new_thread(thread._run, ())
                return thread
            except OSError:  # "core1 in use": the thread before it has set `finished` and is not quite gone
                if ticks_diff(ticks_ms(), start) > 1000:
                    raise
                sleep_ms(1)
    finally:
        if RP2:
            _thread.stack_size()


def until_in_line(line, count):
    """Block until so many wait in a WaitLine of threadsafe."""
    while in_line(line) != count:
        sleep_ms(1)


def in_line(line):
    """How many wait in it."""
    if CPYTHON:
        return len(line)
    found, waiter = 0, line.next
    while waiter is not line:
        found += 1
        waiter = waiter.next
    return found


def free_port():
    """A port of 127.0.0.1 that nobody listens on now, nor is given for a connection: that might connect to itself."""
    import os
    import socket

    for port in range(20000 + int.from_bytes(os.urandom(2), "little") % 12000, 32768):
        sock = socket.socket()
        try:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.bind(socket.getaddrinfo("127.0.0.1", port)[0][-1])
            return port
        except OSError:
            pass
        finally:
            sock.close()
