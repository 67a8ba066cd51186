"""Scenarios for `explorer.explore`: calls into a loop from outside, and what becomes of them.

Each is made once, on the loop's thread, or whoever asked is told why it was not.
"""

from controlled import Lock, ident, pass_time
from parts import looped

ENDS = ("CancelledError", "LoopClosed", "LoopStopped", "TimeoutError", "ValueError")


class Gate:
    """Where others wait for the loop that one of them runs."""

    def __init__(self, library):
        self.library = library
        self.loop = None
        self._lock = Lock()
        self._lock.acquire()

    def open(self):
        """In a task of the loop."""
        self.loop = self.library.core.get_event_loop()
        self.loop.set_exception_handler(lambda loop, context: None)
        self.library.threadsafe.open_for_calls(self.loop)
        self._lock.release()

    def wait(self):
        """The loop, once it runs."""
        self._lock.acquire()
        self._lock.release()
        return self.loop


def ended(fn, *args):
    """What `fn(*args)` returns, or the name of the error that it raises."""
    try:
        return fn(*args)
    except BaseException as error:
        if type(error).__name__ in ENDS:
            return type(error).__name__
        raise


def calls_of_a_thread_and_a_task(library):
    """Each is made once, on the loop's thread; those of the other thread in their order."""
    gate, core, ts = Gate(library), library.core, library.threadsafe
    made, threads = [], set()

    async def main():
        event = core.Event()

        def call(name):
            made.append(name)
            threads.add(ident())
            if len(made) == 3:
                event.set()

        gate.call = call
        gate.open()
        threads.add(ident())
        ts.call_soon_threadsafe(gate.loop, call, "c")
        await event.wait()

    def ask():
        loop = gate.wait()
        for name in "ab":
            ts.call_soon_threadsafe(loop, gate.call, name)

    def check():
        assert sorted(made) == ["a", "b", "c"] and made.index("a") < made.index("b") and len(threads) == 1, made
        return "".join(made)

    return [("loop", looped(library, main)), ("asks", ask)], check


def result_of_a_coroutine(library):
    gate, core, ts = Gate(library), library.core, library.threadsafe
    got = []

    async def double(n):
        await core.sleep(0)
        return 2 * n

    async def main():
        event = core.Event()
        gate.done = event.set
        gate.open()
        await event.wait()

    def ask():
        loop = gate.wait()
        got.append(ts.run_coroutine_threadsafe(double(2), loop).result())
        ts.call_soon_threadsafe(loop, gate.done)

    def check():
        assert got == [4], got

    return [("loop", looped(library, main)), ("asks", ask)], check


def result_for_another_loop(library):
    """A task of one loop awaits a task of another, which fails."""
    gate, core, ts = Gate(library), library.core, library.threadsafe
    got = []

    async def fail():
        raise ValueError

    async def main():
        event = core.Event()
        gate.done = event.set
        gate.open()
        await event.wait()

    async def ask(loop):
        try:
            await ts.run_coroutine_threadsafe(fail(), loop)
        except ValueError:
            got.append("ValueError")
        ts.call_soon_threadsafe(loop, gate.done)

    def ask_in_loop():
        loop = gate.wait()
        core.run(ask(loop))

    def check():
        assert got == ["ValueError"], got

    return [("loop", looped(library, main)), ("other loop", ask_in_loop)], check


def result_that_is_waited_for_by_two(library):
    """A task of the loop itself and a thread wait; both are woken."""
    gate, core, ts = Gate(library), library.core, library.threadsafe
    got = []

    async def value():
        return "value"

    async def main():
        gate.handle = ts.run_coroutine_threadsafe(value(), core.get_event_loop())
        gate.open()
        got.append(await gate.handle)

    def ask():
        gate.wait()
        got.append(ended(gate.handle.result))

    def check():
        assert got in (["value", "value"], ["LoopStopped", "value"], ["value", "LoopStopped"]), got
        return tuple(got)

    return [("loop", looped(library, main)), ("asks", ask)], check


def call_cancelled(library):
    """It is made, or the cancel said that it is not."""
    gate, core, ts = Gate(library), library.core, library.threadsafe
    made, said = [], []

    async def main():
        event = core.Event()
        gate.done = event.set
        gate.open()
        await event.wait()

    def ask():
        loop = gate.wait()
        call = ts.call_soon_threadsafe(loop, made.append, 1)
        said.append(call.cancel())
        ts.call_soon_threadsafe(loop, gate.done)

    def check():
        assert len(made) + said[0] == 1, (made, said)
        return said[0]

    return [("loop", looped(library, main)), ("asks", ask)], check


def coroutine_cancelled(library):
    """Before it has started, while it runs, or too late: whoever waits is told which."""
    gate, core, ts = Gate(library), library.core, library.threadsafe
    got, log = [], []

    async def work():
        log.append("began")
        try:
            await core.sleep(0)
            await core.sleep(0)
            return "value"
        finally:
            log.append("ended")

    async def main():
        event = core.Event()
        gate.done = event.set
        gate.open()
        await event.wait()

    def ask():
        loop = gate.wait()
        handle = ts.run_coroutine_threadsafe(work(), loop)
        cancelled = handle.cancel()
        got.append(ended(handle.result))
        assert handle.done() and handle.cancelled() == (got == ["CancelledError"]), got
        assert cancelled or got == ["value"], (cancelled, got)
        ts.call_soon_threadsafe(loop, gate.done)

    def check():
        assert got[0] in ("value", "CancelledError") and log in ([], ["began", "ended"]), (got, log)
        return got[0], len(log)

    return [("loop", looped(library, main)), ("asks", ask)], check


def result_timing_out(library):
    """A wait that is given up leaves the task alone."""
    gate, core, ts = Gate(library), library.core, library.threadsafe
    got = []

    async def value():
        return "value"

    async def main():
        event = core.Event()
        gate.done = event.set
        gate.open()
        pass_time(1)
        await event.wait()

    def ask():
        loop = gate.wait()
        handle = ts.run_coroutine_threadsafe(value(), loop)
        got.append(ended(handle.result, 1))
        got.append(handle.result())
        ts.call_soon_threadsafe(loop, gate.done)

    def check():
        assert got in (["value", "value"], ["TimeoutError", "value"]), got
        return got[0]

    return [("loop", looped(library, main)), ("asks", ask)], check


def loop_ends_before_a_call(library):
    """The call is made, or its loop was closed: then whoever asks is told, and the call is never made."""
    gate, core, ts = Gate(library), library.core, library.threadsafe
    made, refused = [], []

    async def main():
        gate.open()
        await core.sleep(0)

    def run():
        core.run(main())
        gate.loop.set_exception_handler(lambda loop, context: refused.append(type(context["exception"]).__name__))
        gate.loop.close()

    def ask():
        loop = gate.wait()
        try:
            ts.call_soon_threadsafe(loop, made.append, 1)
        except ts.LoopClosed:
            refused.append("LoopClosed")

    def check():
        assert (made, refused) in (([1], []), ([], ["LoopClosed"])), (made, refused)
        return len(made)

    return [("loop", run), ("asks", ask)], check


def loop_ends_before_a_coroutine(library):
    """Whoever waits for the result is told how it came to nothing."""
    gate, core, ts = Gate(library), library.core, library.threadsafe
    got, log = [], []

    async def work():
        log.append("began")
        try:
            await core.sleep(0)
            return "value"
        finally:
            log.append("ended")

    async def main():
        gate.open()
        for _ in range(3):
            await core.sleep(0)

    def run():
        core.run(main())
        gate.loop.close()

    def ask():
        loop = gate.wait()
        got.append(ended(lambda: ts.run_coroutine_threadsafe(work(), loop).result()))

    def check():
        assert got[0] in ("value", "CancelledError", "LoopClosed", "LoopStopped"), got
        assert log == ([] if got == ["LoopClosed"] else ["began", "ended"]), (got, log)
        return got[0]

    return [("loop", run), ("asks", ask)], check


def loop_stops_during_a_coroutine(library):
    """Whoever waits for the result learns that nobody works on it."""
    gate, core, ts = Gate(library), library.core, library.threadsafe
    got = []

    async def main():
        gate.handle = ts.run_coroutine_threadsafe(core.Event().wait(), core.get_event_loop())
        while gate.handle.task is None:
            await core.sleep(0)
        gate.open()

    def ask():
        gate.wait()
        got.append(ended(gate.handle.result))

    def check():
        assert got == ["LoopStopped"], got

    return [("loop", looped(library, main)), ("asks", ask)], check


ALL = [
    calls_of_a_thread_and_a_task,
    result_of_a_coroutine,
    result_for_another_loop,
    result_that_is_waited_for_by_two,
    call_cancelled,
    coroutine_cancelled,
    result_timing_out,
    loop_ends_before_a_call,
    loop_ends_before_a_coroutine,
    loop_stops_during_a_coroutine,
]
