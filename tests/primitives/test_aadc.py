"""AADC: waits for a change, or for a value to leave or enter a range; reads once an interval; any number wait."""

import pytest

from support import run


class Adc:
    """An ADC that the test turns."""

    def __init__(self, value=30000):
        self.value = value
        self.reads = 0

    def read_u16(self):
        self.reads += 1
        if isinstance(self.value, Exception):
            raise self.value
        return self.value


async def pending(core, aw):
    """A task that awaits `aw`, which has had some readings and waits on."""

    async def wait():
        return await aw

    task = core.create_task(wait())
    await core.sleep_ms(5)
    assert not task.done()
    return task


def make(primitives, value=30000):
    adc = Adc(value)
    return adc, primitives.AADC(adc, interval_ms=1)


@pytest.mark.rp2040(seeds=1)
def test_a_change_is_relative_to_the_value_at_the_call(core, primitives):
    async def main():
        adc, aadc = make(primitives)
        for value in (32001, 30000, 27999):
            task = await pending(core, aadc(2000))
            start = adc.value
            adc.value = start + (2000 if value > start else -2000)
            await core.sleep_ms(5)
            assert not task.done()
            adc.value = value
            assert await task == value

    run(core, main)


@pytest.mark.rp2040(seeds=1)
def test_two_limits_are_absolute_and_stay_until_others_are_given(core, primitives):
    async def main():
        adc, aadc = make(primitives)
        task = await pending(core, aadc(25000, 39000))
        for value in (25000, 39000, 30000):
            adc.value = value
            await core.sleep_ms(5)
            assert not task.done()
        adc.value = 24999
        assert await task == 24999
        assert await aadc() == 24999  # it still is
        aadc.sense(normal=False)
        task = await pending(core, aadc())
        adc.value = 39000
        assert await task == 39000
        aadc.sense(normal=True)
        task = await pending(core, aadc())
        adc.value = 39001
        assert await task == 39001

    run(core, main)


def test_a_change_leaves_its_limits_too(core, primitives):
    async def main():
        adc, aadc = make(primitives)
        task = await pending(core, aadc(100))
        adc.value = 30101
        await task
        aadc.sense(False)
        task = await pending(core, aadc())
        adc.value = 30100
        assert await task == 30100

    run(core, main)


@pytest.mark.parametrize("how", ["instance", "call", "wait"])
def test_without_limits_it_waits_for_a_change_beyond_the_noise(core, primitives, how):
    """Defect 51: upstream's first limits are never crossed."""

    async def main():
        adc, aadc = make(primitives)
        for value in (31025, 30000, 31025):
            task = await pending(core, aadc if how == "instance" else aadc() if how == "call" else aadc.wait())
            adc.value += 1024 if value > adc.value else -1024
            await core.sleep_ms(5)
            assert not task.done()
            adc.value = value
            assert await task == value

    run(core, main)


def test_a_value_that_is_outside_already_does_not_wait(core, primitives):
    async def main():
        adc, aadc = make(primitives)
        assert await aadc(0, 1) == 30000
        assert adc.reads == 1

    run(core, main)


def test_each_of_several_waits_by_its_own_limits(core, primitives):
    async def main():
        adc, aadc = make(primitives)
        first = await pending(core, aadc(0, 31000))
        second = await pending(core, aadc(0, 32000))
        aadc.sense(False)
        third = await pending(core, aadc(33000, 34000))
        adc.value = 31001
        assert await first == 31001
        assert not second.done() and not third.done()
        adc.value = 33000
        assert await third == 33000
        assert await second == 33000

    run(core, main)


def test_it_is_read_once_an_interval_and_not_while_nobody_waits(core, primitives):
    """Defect 51: upstream reads it at every pass."""

    async def main():
        adc = Adc()
        aadc = primitives.AADC(adc, interval_ms=20)

        async def busy():
            while True:
                await core.sleep(0)

        tasks = [core.create_task(busy()), await pending(core, aadc(0, 40000))]
        await core.sleep_ms(100)
        assert 2 <= adc.reads <= 8
        tasks.pop().cancel()
        await core.sleep(0)
        reads = adc.reads
        await core.sleep_ms(50)
        assert adc.reads == reads
        tasks.pop().cancel()

    run(core, main)


def test_the_last_reading(core, primitives):
    async def main():
        adc, aadc = make(primitives)
        assert aadc.read_u16(last=True) == 30000  # there is none: it is read
        adc.value = 5
        assert aadc.read_u16(True) == 30000
        assert aadc.read_u16() == 5
        assert aadc.read_u16(last=True) == 5
        adc.value = 99
        assert await aadc(0, 10) == 99 == aadc.read_u16(True)

    run(core, main)


def test_who_waits_gets_what_the_adc_raises(core, primitives):
    async def main():
        adc, aadc = make(primitives)
        task = await pending(core, aadc(0, 40000))
        adc.value = OSError(5)
        with pytest.raises(OSError):
            await task
        adc.value = 7
        assert await aadc(8, 9) == 7

    run(core, main)


def test_it_can_be_given_a_time_limit_and_be_one_of_several_events(core, primitives):
    async def main():
        adc, aadc = make(primitives)
        with pytest.raises(core.TimeoutError):
            await core.wait_for_ms(aadc(100), 5)
        event = core.Event()
        task = await pending(core, primitives.WaitAny((event, aadc)).wait())
        adc.value = 50000
        assert await task is aadc
        assert not event.is_set()

    run(core, main)


def test_what_makes_no_sense_is_refused(core, primitives):
    async def main():
        with pytest.raises(TypeError, match="read_u16"):
            primitives.AADC(5)
        for interval in (0, -1, "x", None):
            with pytest.raises(ValueError, match="interval_ms is 1"):
                primitives.AADC(Adc(), interval)
        aadc = primitives.AADC(Adc())
        for args, text in (
            ((-1,), "a change is 0"),
            ((2, 1), "is above"),
            ((None, 1), "both limits"),
            (("x",), "is a number"),
            ((1, "x"), "is a number"),
        ):
            with pytest.raises(ValueError, match=text):
                aadc(*args)

    run(core, main)
