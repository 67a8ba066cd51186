"""Latency policies: round robin, or what comes from outside first, with a bound that keeps the rest from starving."""

import pytest

from support import MICROPYTHON, run, sleep_ms, start_thread, submodule, ticks_diff, ticks_ms


async def turns(core, log, name, count):
    for n in range(count):
        log.append(name + str(n))
        await core.sleep(0)


@pytest.mark.rp2040(seeds=1)
@pytest.mark.parametrize("urgent", [False, True])
def test_the_task_of_an_urgent_flag_runs_next_that_of_another_behind_those_that_are_ready(core, urgent):
    log = []

    async def main():
        flag = core.ThreadSafeFlag(urgent=urgent)

        async def waiter():
            await flag.wait()
            log.append("woken")

        async def setter():
            await core.sleep(0)
            flag.set()
            log.append("set")

        tasks = [core.create_task(waiter()), core.create_task(setter())]
        tasks += [core.create_task(turns(core, log, name, 3)) for name in "abc"]
        await core.gather(*tasks)

    run(core, main)
    if urgent:
        assert log == ["a0", "b0", "c0", "set", "woken", "a1", "b1", "c1", "a2", "b2", "c2"]
    else:
        assert log == ["a0", "b0", "c0", "set", "a1", "b1", "c1", "woken", "a2", "b2", "c2"]


@pytest.mark.rp2040(seeds=1)
@pytest.mark.parametrize("burst", [1, 2, 5])
def test_urgent_tasks_that_never_end_let_one_ordinary_step_pass_after_each_burst(core, burst):
    log = []

    async def main():
        core.urgent_first(burst=burst)
        ring = [core.ThreadSafeFlag() for _ in range(3)]

        async def spin(mine, following):
            while log.count("o") < 6:
                await mine.wait()
                log.append("u")
                following.set()

        async def ordinary():
            for _ in range(6):
                log.append("o")
                await core.sleep(0)
            for flag in ring:
                flag.set()

        tasks = [core.create_task(spin(ring[n], ring[(n + 1) % 3])) for n in range(3)]
        tasks.append(core.create_task(ordinary()))
        await core.sleep(0)
        for flag in ring:
            flag.set()
        await core.gather(*tasks)

    run(core, main)
    steps = "".join(log)
    steps = steps[steps.index("uo") + 1 : steps.rindex("o") + 1]
    longest = max(len(run) for run in steps.split("o"))
    assert 1 <= longest <= burst, steps
    assert steps.count("o") >= 3


def test_timers_fall_due_beside_urgent_tasks_that_never_end(core):
    async def main():
        core.urgent_first()
        flag, over = core.ThreadSafeFlag(), []

        async def spin():
            while not over:
                flag.set()
                await flag.wait()
                await core.sleep(0)
                flag.set()

        task = core.create_task(spin())
        await core.sleep_ms(5)
        over.append(True)
        flag.set()
        await task

    run(core, main)


@pytest.mark.rp2040(seeds=1)
def test_with_everything_urgent_what_threadsafe_wakes_goes_first_too(core, threadsafe):
    log = []

    async def main():
        core.urgent_first()
        queue, event, message = threadsafe.ThreadSafeQueue(4), threadsafe.ThreadSafeEvent(), threadsafe.Message()

        async def waiter(name, wait):
            await wait()
            log.append(name)

        async def setter():
            await core.sleep(0)
            queue.put_sync(1)
            event.set()
            message.set(1)
            log.append("set")

        tasks = [core.create_task(turns(core, log, name, 2)) for name in "ab"]
        tasks += [
            core.create_task(waiter(name, wait))
            for name, wait in (("queue", queue.get), ("event", event.wait), ("message", message.wait))
        ]
        tasks.append(core.create_task(setter()))
        await core.gather(*tasks)

    run(core, main)
    assert log.index("set") < log.index("queue") < log.index("event") < log.index("message")
    assert log[log.index("set") + 1 :][:3] == ["queue", "event", "message"]


class Timer:
    """A stream of micropython-async's tutorial: it can be read when its time has come, on the loop's clock."""

    def __init__(self, loop):
        self.loop = loop
        self.due = 0

    def start(self, ms):
        self.due = self.loop.time() + ms / 1000

    def ioctl(self, request, flags):
        if request == 3:
            return flags & 1 if self.loop.time() >= self.due else 0
        return -1


if MICROPYTHON:
    import io

    class Timer(io.IOBase, Timer):
        def __init__(self, loop):
            self.loop = loop
            self.due = 0


@pytest.mark.rp2040(seeds=1)
@pytest.mark.parametrize("urgent", ["nothing", "the stream", "everything"])
def test_a_stream_timer_beside_ten_tasks_that_block(core, urgent):
    """Ten tasks block for 5 ms each, in virtual time: when does the task of a stream run that is ready after 100 ms?"""
    virtual = core.new_event_loop(core.VirtualClock())

    async def blocks(log):
        while not log:
            virtual.clock.advance(0.005)
            await core.sleep(0)

    async def main():
        timer, log, late = Timer(virtual), [], []
        if urgent == "everything":
            core.urgent_first()
        if urgent == "the stream":
            submodule(core, "policy").attend(virtual)
        for _ in range(10):
            core.create_task(blocks(log))
        await core.sleep(0)
        for ms in (100, 110, 120, 130, 140):  # wherever in a round that ends
            timer.start(ms)
            if urgent == "the stream":
                await virtual.streams().keep(timer, True).reader
            else:
                await virtual.queue_read(timer)
            late.append(virtual.time() - timer.due)
        log.append("over")
        return late

    late = core.run(main())
    core.new_event_loop()
    assert all(0 <= seconds for seconds in late), late
    if urgent == "nothing":
        assert 0.02 < max(late) < 0.0551, late
    else:
        assert max(late) < 0.006, late


@pytest.mark.cpython
@pytest.mark.parametrize("urgent", [False, True])
def test_the_task_of_an_urgent_stream_runs_next(core, urgent):
    import socket

    log = []

    async def main():
        ours, theirs = socket.socketpair()
        stream = core.Stream(ours, urgent=urgent)

        async def reader():
            await stream.read(1)
            log.append("read")

        async def writer():
            await core.sleep(0)
            theirs.send(b"x")
            sleep_ms(1)  # longer than the interval at which streams are asked
            log.append("sent")

        tasks = [core.create_task(reader()), core.create_task(writer())]
        tasks += [core.create_task(turns(core, log, name, 3)) for name in "abc"]
        await core.gather(*tasks)
        stream.close()
        theirs.close()

    run(core, main)
    behind = log.index("read") - log.index("sent")
    assert behind == (1 if urgent else 4), log


def test_an_urgent_task_that_is_cancelled_before_it_runs_is_cancelled(core):
    log = []

    async def main():
        flag = core.ThreadSafeFlag(urgent=True)
        other = core.ThreadSafeFlag(urgent=True)

        async def waiter(flag, name):
            try:
                await flag.wait()
                log.append(name)
            except core.CancelledError:
                log.append(name + " cancelled")
                raise

        async def canceller():
            await other.wait()
            second.cancel()

        first = core.create_task(canceller())
        second = core.create_task(waiter(flag, "second"))
        await core.sleep(0)
        other.set()
        flag.set()
        await core.sleep(0)
        await core.gather(first, second, return_exceptions=True)

    run(core, main)
    assert log == ["second cancelled"]


class Turns:
    """How many passes `loop` makes from now on: it counts them itself, but not on MicroPython."""

    def __init__(self, loop):
        self.loop = loop
        self.policy = loop.policy
        self.turns = 0
        if not MICROPYTHON:
            self.turns = -loop.passes
        else:
            loop.policy = self

    def choose(self):
        self.turns += 1
        return self.policy.choose()

    def __getattr__(self, name):
        return getattr(self.policy, name)

    def so_far(self):
        return self.turns if MICROPYTHON else self.turns + self.loop.passes


def test_an_idle_loop_with_a_policy_sleeps_until_a_thread_rings(core):
    async def main():
        core.urgent_first()
        flag = core.ThreadSafeFlag()
        loop = core.get_event_loop()
        turns = Turns(loop)

        def later():
            sleep_ms(30)
            flag.set()

        thread = start_thread(later)
        await flag.wait()
        thread.join()
        return turns.so_far()

    assert run(core, main, limit=None) < 10


def test_round_robin_again(core):
    log = []

    async def main():
        core.urgent_first()
        core.round_robin()
        flag = core.ThreadSafeFlag()

        async def waiter():
            await flag.wait()
            log.append("woken")

        async def setter():
            await core.sleep(0)
            flag.set()
            log.append("set")

        tasks = [core.create_task(waiter()), core.create_task(setter())]
        tasks += [core.create_task(turns(core, log, name, 3)) for name in "abc"]
        await core.gather(*tasks)

    run(core, main)
    assert log.index("woken") - log.index("set") >= 3


def test_roundrobin_is_the_switch_of_asyncio_alt(core):
    core.new_event_loop()
    assert [core.roundrobin(v) for v in (None, False, None, True, None)] == [0, -1000, -1000, 0, 0]
    core.new_event_loop()


@pytest.mark.parametrize("burst", [0, -1])
def test_a_burst_of_nothing_is_refused(core, burst):
    with pytest.raises(ValueError, match="1 step or more"):
        core.urgent_first(burst=burst)


def test_a_loop_with_a_policy_runs_what_a_loop_runs(core):
    """Results, errors, cancels and timers, in order."""

    async def child(n):
        await core.sleep_ms(n)
        if n == 2:
            raise ValueError("two")
        return n

    async def main():
        core.urgent_first()
        start = ticks_ms()
        results = await core.gather(child(1), child(2), child(0), return_exceptions=True)
        with pytest.raises(core.TimeoutError):
            await core.wait_for_ms(core.Event().wait(), 3)
        assert ticks_diff(ticks_ms(), start) < 2000
        return [str(result) for result in results]

    assert run(core, main) == ["1", "two", "0"]
