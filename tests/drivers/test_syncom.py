"""SynCom over wires in memory, whose pins do not interrupt, on every target; in virtual time."""

import pytest

from support import submodule


def run(core, main):
    core.new_event_loop(core.VirtualClock())
    try:
        core.run(core.wait_for(main(), 600))
    finally:
        core.new_event_loop()


class Wire:
    """A wire: called, it gives its level; called with one, it takes that. `noise`, levels that it shows instead."""

    def __init__(self):
        self.level = 0
        self.noise = []

    def __call__(self, level=None):
        if level is None:
            return self.noise.pop(0) if self.noise else self.level
        self.level = level


class Pair:
    """Both ends, and the four wires between them."""

    def __init__(self, drivers, **options):
        self.clocks = Wire(), Wire()
        self.data = Wire(), Wire()
        options["verbose"] = False
        (a, b), (c, d) = self.clocks, self.data
        self.initiator = drivers.SynCom(False, b, a, d, c, **options)
        self.passive = drivers.SynCom(True, a, b, c, d, **options)


async def started(core, *ends):
    """Tasks that run these ends, which are up."""
    tasks = [core.create_task(end.start()) for end in ends]
    while not all([end.running() for end in ends]):
        await core.sleep_ms(5)
    return tasks


async def ended(core, tasks):
    for task in tasks:
        task.cancel()
    await core.gather(*tasks, return_exceptions=True)


@pytest.mark.parametrize("first", [0, 1])
def test_objects_go_both_ways(core, drivers, first):
    """Defect 72: upstream has seven bits for a character."""

    async def main():
        pair = Pair(drivers)
        ends = (pair.initiator, pair.passive) if first else (pair.passive, pair.initiator)
        tasks = await started(core, *ends)
        objects = [["hello", {"a": 1.5, "b": None}], 0, "", "Gr\u00fc\u00dfe", [[]]]
        for obj in objects:
            for end in ends:
                end.send(obj)
        for end in ends:
            got = []
            for _ in objects:
                got.append(await core.wait_for(end.await_obj(), 20))
            assert got == objects
            assert end.any() == end.bad == end.lost == 0
        await ended(core, tasks)
        assert pair.initiator.any() is None and not pair.passive.running()
        assert await pair.passive.await_obj() is None

    run(core, main)


def test_text_goes_as_it_is_in_string_mode(core, drivers):
    async def main():
        pair = Pair(drivers, string_mode=True)
        tasks = await started(core, pair.initiator, pair.passive)
        for text in ("a", "", "{not json", "\u20ac" * 3):
            pair.initiator.send(text)
            assert await core.wait_for(pair.passive.await_obj(), 20) == text
        for wrong, error in ((5, TypeError), ("a\0b", ValueError)):
            with pytest.raises(error):
                pair.initiator.send(wrong)
        await ended(core, tasks)

    run(core, main)


def test_noise_is_counted_and_what_comes_after_it_is_whole(core, drivers):
    """Defect 72: what is no JSON is a crash of the link, in upstream's."""

    async def main():
        pair = Pair(drivers)
        tasks = await started(core, pair.initiator, pair.passive)
        pair.initiator.send("first")  # whatever the ends had to say to begin with is said before it
        assert await core.wait_for(pair.passive.await_obj(), 20) == "first"
        pair.initiator.send("to be spoiled")
        while pair.passive._line._length < 5:
            await core.sleep_ms(1)
        pair.data[0].noise.extend([1, 0, 1, 1, 0, 0, 1, 0, 1, 1, 1, 0, 0, 0, 1])
        while pair.data[0].noise:
            await core.sleep_ms(5)
        with pytest.raises(core.TimeoutError):
            await core.wait_for(pair.passive.await_obj(), 5)
        pair.initiator.send("whole")
        assert await core.wait_for(pair.passive.await_obj(), 20) == "whole"
        assert pair.passive.bad >= 1 and pair.passive.restarts == 0
        await ended(core, tasks)

    run(core, main)


@pytest.mark.parametrize("data", [b"{not json", b"\xff\xfe", b'"open'])
def test_what_is_no_object_is_counted(core, drivers, data):
    async def main():
        pair = Pair(drivers)
        tasks = await started(core, pair.initiator, pair.passive)
        pair.initiator._to_send.put_nowait(submodule(drivers, "syncom_records").packed(b"T", data))
        pair.initiator.send(1)
        assert await core.wait_for(pair.passive.await_obj(), 20) == 1
        assert pair.passive.bad == 1
        await ended(core, tasks)

    run(core, main)


def test_queues_have_an_end_and_what_is_lost_is_counted(core, drivers):
    """Defect 72: upstream's grow."""

    async def main():
        pair = Pair(drivers, queue=2, max_length=10)
        pair.initiator.send("nobody")
        assert pair.initiator.lost == 1
        tasks = await started(core, pair.initiator, pair.passive)
        with pytest.raises(submodule(core, "queue_errors").QueueFull):
            for n in range(4):
                pair.initiator.send(n)
        with pytest.raises(ValueError, match="10 bytes at the most, not 12"):
            pair.initiator.send("0123456789")
        pair.passive.send(1)
        while pair.passive.any() < 2:
            await core.sleep_ms(5)
        pair.initiator.send("x")
        assert await core.wait_for(pair.initiator.await_obj(), 20) == 1
        while not pair.passive.lost:
            await core.sleep_ms(5)
        assert [await pair.passive.await_obj(), await pair.passive.await_obj()] == [0, 1]
        await ended(core, tasks)

    run(core, main)


def test_a_dead_end_is_reset_and_the_user_task_begins_anew(core, drivers):
    async def main():
        resets, begun, failures = [], [], []
        pair = Pair(drivers, timeout=300)
        alive = await started(core, pair.passive, pair.initiator)
        await ended(core, alive)

        a, b = pair.clocks
        c, d = pair.data
        host = drivers.SynCom(False, b, a, d, c, resets.append, 300, verbose=False)

        async def user(channel):
            begun.append(channel.running())
            assert await channel.await_obj() is None  # the other end dies
            assert not channel.running()

        async def fail():
            failures.append(1)

        running = core.create_task(host.start(user, fail))
        target = core.create_task(pair.passive.start())
        while not begun:
            await core.sleep_ms(10)
        target.cancel()
        while not failures:
            await core.sleep_ms(10)
        target = core.create_task(pair.passive.start())
        while len(begun) < 2:
            await core.sleep_ms(10)
        assert begun == [True, True] and resets[:4] == [0, 1, 0, 1] and host.restarts >= 1
        await ended(core, [running, target])

    run(core, main)


def test_an_end_that_begins_anew_is_noticed_by_the_other(core, drivers):
    async def main():
        pair = Pair(drivers)  # without a timeout
        first, second = await started(core, pair.initiator, pair.passive)
        await ended(core, [second])
        again = core.create_task(pair.passive.start())
        while not pair.initiator.restarts or not pair.passive.running() or not pair.initiator.running():
            await core.sleep_ms(10)
        pair.initiator.send("again")
        assert await core.wait_for(pair.passive.await_obj(), 20) == "again"
        await ended(core, [first, again])

    run(core, main)


def test_stop_ends_a_session_and_start_begins_another(core, drivers):
    async def main():
        pair = Pair(drivers)
        tasks = await started(core, pair.initiator, pair.passive)
        waiting = core.create_task(pair.initiator.await_obj())
        await core.sleep_ms(5)
        pair.initiator.stop()
        pair.initiator.stop()
        assert await waiting is None
        with pytest.raises(RuntimeError, match="runs already"):
            await pair.initiator.start()
        while not (pair.passive.restarts and pair.initiator.running() and pair.passive.running()):
            await core.sleep_ms(10)
        await ended(core, tasks)

    run(core, main)


def test_what_makes_no_sense_is_refused(drivers):
    wires = [Wire() for _ in range(4)]
    for options in ({"timeout": 50}, {"queue": 0}, {"max_length": 0}, {"rest_ms": 0}):
        with pytest.raises(ValueError):
            drivers.SynCom(True, *wires, **options)
    with pytest.raises(TypeError, match="a pin is a machine.Pin"):
        drivers.SynCom(True, 1, 2, 3, 4)


@pytest.mark.rp2040(seeds=1)
def test_a_checksum_tells_bytes_that_are_changed_or_out_of_order(drivers):
    records = submodule(drivers, "syncom_records")
    record = records.packed(b"T", b"some bytes")[:-1]
    assert records.unpacked(record) == (b"T", b"some bytes")
    for n in range(len(record)):
        for bit in range(8):
            wrong = bytearray(record)
            wrong[n] ^= 1 << bit
            assert records.unpacked(bytes(wrong)) == (None, None)
    assert records.unpacked(b"Tmoes bytes" + record[-4:]) == (None, None)
    for short in (b"", b"T", b"T123", b"1234"):
        assert records.unpacked(short) == (None, None)
