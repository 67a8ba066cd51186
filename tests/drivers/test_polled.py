"""Polled: readings of a blocking function in a queue, errors among them; it ends when it is told, or with the queue."""

import pytest

from support import run, sleep_ms


class Sensor:
    """A blocking driver: each reading takes a while. What it is told to raise, it raises."""

    def __init__(self, ms=1):
        self.ms = ms
        self.count = 0
        self.fails = {}

    def read(self):
        sleep_ms(self.ms)
        self.count += 1
        error = self.fails.get(self.count)
        if error is not None:
            raise error
        return self.count


async def take(queue, count):
    """The next `count` items."""
    items = []
    for _ in range(count):
        items.append(await queue.get())
    return items


@pytest.mark.rp2040(seeds=2)
def test_readings_arrive_in_order_while_tasks_go_on(core, threadsafe, drivers):
    async def main():
        sensor, queue, beats = Sensor(3), threadsafe.ThreadSafeQueue(8), []

        async def beat():
            while True:
                beats.append(1)
                await core.sleep_ms(1)

        heart = core.create_task(beat())
        async with drivers.Polled(sensor.read, 0.01, queue) as polled:
            assert await take(queue, 5) == [1, 2, 3, 4, 5]
        heart.cancel()
        assert len(beats) >= 4  # one in each interval, however slow the machine is
        assert polled.reads >= 5 and polled.failed == polled.missed == 0

    run(core, main)


@pytest.mark.rp2040(seeds=1)
def test_an_error_is_a_reading_of_its_own_kind_and_the_next_one_is_made(core, threadsafe, drivers):
    async def main():
        sensor, queue = Sensor(), threadsafe.ThreadSafeQueue(8)
        sensor.fails = {2: OSError(5), 3: ValueError("a bad answer")}
        async with drivers.Polled(sensor.read, 0.002, queue) as polled:
            got = await take(queue, 4)
        assert (got[0], got[3]) == (1, 4)
        assert [isinstance(item, drivers.FailedReading) for item in got] == [False, True, True, False]
        assert isinstance(got[1].error, OSError) and str(got[2].error) == "a bad answer"
        assert "a bad answer" in repr(got[2])
        assert polled.failed == 2

    run(core, main)


def test_a_full_queue_gets_nothing_and_the_count_is_right(core, threadsafe, drivers):
    async def main():
        sensor, queue = Sensor(), threadsafe.ThreadSafeQueue(2)
        polled = drivers.Polled(sensor.read, 0.001, queue)
        while polled.missed < 3:
            await core.sleep_ms(1)
        await polled.stop()
        assert [queue.get_sync(), queue.get_sync()] == [1, 2] and queue.empty()
        assert polled.reads == sensor.count == 2 + polled.missed

    run(core, main)


@pytest.mark.parametrize("overflow,kept", [("drop_oldest", "new"), ("drop_newest", "old"), ("block", "old")])
def test_a_queue_that_overflows_does_what_it_was_made_for_and_never_blocks_the_thread(
    core, threadsafe, drivers, overflow, kept
):
    async def main():
        sensor, queue = Sensor(), threadsafe.ThreadSafeQueue(2, overflow)
        polled = drivers.Polled(sensor.read, 0.001, queue)
        while polled.reads < 6:
            await core.sleep_ms(1)
        await polled.stop()
        got = [queue.get_sync(), queue.get_sync()]
        assert got == ([1, 2] if kept == "old" else [sensor.count - 1, sensor.count])
        assert polled.missed + queue.dropped == sensor.count - 2

    run(core, main)


@pytest.mark.rp2040(seeds=1)
def test_several_share_a_worker_and_it_stays(core, threadsafe, drivers):
    from_two = {}

    async def main():
        worker = drivers_worker(drivers)
        queue = threadsafe.ThreadSafeQueue(16)
        one, two = Sensor(), Sensor()
        both = [
            drivers.Polled(lambda: ("one", one.read()), 0.004, queue, worker),
            drivers.Polled(lambda: ("two", two.read()), 0.004, queue, worker),
        ]
        while len(from_two) < 2 or min([len(got) for got in from_two.values()]) < 3:
            name, number = await queue.get()
            from_two.setdefault(name, []).append(number)
        for polled in both:
            await polled.stop()
        assert await worker.assign(pow, 2, 5) == 32
        await worker.close()

    run(core, main)
    for got in from_two.values():
        assert got == list(range(1, len(got) + 1))


def drivers_worker(drivers):
    """A Worker of the same library as `drivers`."""
    name = drivers.__name__[: -len("drivers")] + "offload.worker"
    return __import__(name, None, None, ("Worker",)).Worker()


def test_it_ends_with_its_queue(core, threadsafe, drivers):
    async def main():
        sensor, queue = Sensor(), threadsafe.ThreadSafeQueue(4)
        polled = drivers.Polled(sensor.read, 0.001, queue)
        assert await queue.get() == 1
        queue.close()
        while not polled._task.done():
            await core.sleep_ms(1)
        count = sensor.count
        await core.sleep_ms(5)
        assert sensor.count == count
        await polled.stop()

    run(core, main)


@pytest.mark.rp2040(seeds=1)
def test_stop_waits_for_the_reading_that_is_made_and_no_other_follows(core, threadsafe, drivers):
    async def main():
        sensor, queue = Sensor(30), threadsafe.ThreadSafeQueue(4)
        polled = drivers.Polled(sensor.read, 0.001, queue)
        await core.sleep_ms(10)
        await polled.stop()
        assert sensor.count == polled.reads == queue.get_sync() == 1
        await polled.stop()
        await core.sleep_ms(5)
        assert sensor.count == 1 and queue.empty()

    run(core, main)


def test_a_long_pause_is_ended_by_stop(core, threadsafe, drivers):
    async def main():
        queue = threadsafe.ThreadSafeQueue(4)
        polled = drivers.Polled(Sensor().read, 1000, queue)
        assert await queue.get() == 1
        await polled.stop()

    run(core, main)


def test_what_takes_longer_than_the_interval_is_late_and_does_not_pile_up(core, threadsafe, drivers):
    async def main():
        sensor, queue = Sensor(10), threadsafe.ThreadSafeQueue(4, "drop_oldest")
        polled = drivers.Polled(sensor.read, 0.002, queue)
        while polled.reads < 3:
            await core.sleep_ms(2)
        await polled.stop()
        assert polled.late >= 8  # 4 or more to a reading
        assert polled.reads <= 5

    run(core, main)


@pytest.mark.cpython
def test_a_reading_that_never_ends_is_named(core, threadsafe, drivers):
    import threading

    release = threading.Event()

    async def main():
        polled = drivers.Polled(release.wait, 1, threadsafe.ThreadSafeQueue(4))
        await core.sleep_ms(5)
        with pytest.raises(core.TimeoutError):
            await polled.stop(0.02)
        release.set()

    try:
        run(core, main)
    finally:
        release.set()


def test_what_makes_no_sense_is_refused(core, threadsafe, drivers):
    async def main():
        queue = threadsafe.ThreadSafeQueue(4)
        for interval in (0, -1):
            with pytest.raises(ValueError, match="above 0 s"):
                drivers.Polled(print, interval, queue)
        with pytest.raises(TypeError, match="function without arguments"):
            drivers.Polled(5, 1, queue)

    run(core, main)
