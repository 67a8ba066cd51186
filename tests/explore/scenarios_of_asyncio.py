"""Scenarios for `explorer.explore`: tasks of asyncio wait for what threads do. See `scenarios_of_queues`.

asyncio's own loop runs, on a selector and a descriptor of which each use is a step.
"""

import asyncio
from asyncio.events import Handle
from functools import partial

from controlled import OS, TIME, Deque, Lock, pass_time
from parts import outcome, settled


class Loop(asyncio.BaseEventLoop):
    """asyncio's loop, less what it sleeps with."""

    def __init__(self, watches):
        super().__init__()
        self._ready = Deque()
        self._selector = self
        self._watches = watches  # descriptors, as all but those of Windows do
        self._watched = {}
        self._bell = Lock()
        self._bell.acquire()
        self.set_exception_handler(lambda loop, context: None)

    def time(self):
        return TIME.monotonic_ns() * 1e-9

    def add_reader(self, descriptor, callback):
        if not self._watches:
            raise NotImplementedError
        self._watched[descriptor] = callback
        OS.watch(descriptor, self._write_to_self)

    def _write_to_self(self):
        try:
            self._bell.release()
        except RuntimeError:  # it will look
            pass

    def select(self, timeout):
        readable = [descriptor for descriptor in self._watched if OS.readable(descriptor)]
        if not readable:
            self._bell.acquire(True, -1 if timeout is None else max(0, timeout))
            readable = [descriptor for descriptor in self._watched if OS.readable(descriptor)]
        return readable

    def _process_events(self, readable):
        for descriptor in readable:
            self._ready.append(Handle(self._watched[descriptor], (), self))


def looped(watches, main):
    """A function for a thread that runs `main()` on a loop of asyncio's."""

    def run():
        loop = Loop(watches)
        try:
            loop.run_until_complete(main())
        finally:
            loop._closed = True  # `close` would see to threads and signals, of which there are none

    return run


def put_by_a_thread(watches, library):
    """Two items, in order."""
    queue = library.threadsafe.ThreadSafeQueue(1)
    got = []

    async def main():
        got.append(await queue.get())
        got.append(await queue.get())

    def produce():
        queue.put_sync(0, True)
        queue.put_sync(1, True)

    def check():
        assert got == [0, 1], got
        settled(queue)

    return [("asyncio", looped(watches, main)), ("producer", produce)], check


def taken_by_a_thread(watches, library):
    queue = library.threadsafe.ThreadSafeQueue(1)
    got = []

    async def main():
        await queue.put(0)
        await queue.put(1)

    def consume():
        got.append(queue.get_sync(True))
        got.append(queue.get_sync(True))

    def check():
        assert got == [0, 1], got
        settled(queue)

    return [("asyncio", looped(watches, main)), ("consumer", consume)], check


def cancelled_beside_another(watches, library):
    """Cancelled as the item comes, it leaves it to the other task."""
    queue = library.threadsafe.ThreadSafeQueue(1)
    got = []

    async def give_up():
        queue.put_sync(await queue.get())

    async def get():
        got.append(await queue.get())

    async def main():
        task = asyncio.ensure_future(give_up())
        other = asyncio.ensure_future(get())
        await asyncio.sleep(0)
        task.cancel()
        try:
            await task
        except asyncio.CancelledError:
            pass
        await other

    def check():
        assert got == ["item"], got
        settled(queue)

    return [("asyncio", looped(watches, main)), ("putter", partial(queue.put_sync, "item"))], check


def timing_out(watches, library):
    """`get(timeout)` gives the item, or leaves it in the queue."""
    queue = library.threadsafe.ThreadSafeQueue(1)
    got = []

    async def main():
        try:
            got.append(await queue.get(1))
        except library.core.TimeoutError:
            got.append("TimeoutError")

    def check():
        assert got in (["item"], ["TimeoutError"]), got
        settled(queue, [] if got == ["item"] else ["item"])
        return got[0]

    putter = ("putter", lambda: (pass_time(1), queue.put_sync("item")))
    return [("asyncio", looped(watches, main)), putter], check


def closed_by_a_thread(watches, library):
    queue = library.threadsafe.ThreadSafeQueue(1)
    put, got = [], []

    async def main():
        async for item in queue:
            got.append(item)

    def produce():
        put.append(outcome(queue.put_sync, "item"))
        queue.close()

    def check():
        assert got == ["item"], got
        settled(queue)

    return [("asyncio", looped(watches, main)), ("producer", produce)], check


def event_for_two_tasks(watches, library):
    event = library.threadsafe.ThreadSafeEvent()
    got = []

    async def wait():
        got.append(await event.wait())

    async def main():
        task = asyncio.ensure_future(wait())
        await wait()
        await task

    def check():
        assert got == [True, True] and not event._line.any(), got

    return [("asyncio", looped(watches, main)), *[("setter", event.set)] * 2], check


def lock_of_a_thread(watches, library):
    """Handed over both ways."""
    lock = library.threadsafe.ThreadSafeLock()
    uses = []

    async def main():
        async with lock:
            uses.append(1)

    def use():
        with lock:
            uses.append(1)

    def check():
        assert len(uses) == 2 and not lock.locked(), uses

    return [("asyncio", looped(watches, main)), ("thread", use)], check


def on(scenario, watches):
    made = partial(scenario, watches)
    made.__name__ = f"asyncio_{scenario.__name__}_by_{'descriptor' if watches else 'call'}"
    return made


by_descriptor = [
    on(scenario, True)
    for scenario in (
        put_by_a_thread,
        taken_by_a_thread,
        cancelled_beside_another,
        timing_out,
        closed_by_a_thread,
        event_for_two_tasks,
        lock_of_a_thread,
    )
]
ALL = [*by_descriptor, on(put_by_a_thread, False), on(cancelled_beside_another, False)]
