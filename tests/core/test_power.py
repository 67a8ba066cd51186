"""Low power: idle time in lightsleep, and a clear refusal where that can't be."""

import sys

import pytest

from support import RP2, run, sleep_ms, start_thread, ticks_diff, ticks_ms


class Machine:
    """Stands for `machine` on a board that is not this one."""

    def __init__(self, lightsleep):
        self.lightsleep = lightsleep


def with_machine(fake, fn):
    before = sys.modules.get("machine")
    sys.modules["machine"] = fake
    try:
        return fn()
    finally:
        if before is None:
            del sys.modules["machine"]
        else:
            sys.modules["machine"] = before


def refused(core, fake):
    def switch():
        with pytest.raises(ValueError) as caught:
            core.power_mode(True)
        return str(caught.value)

    return with_machine(fake, switch)


def test_a_platform_without_lightsleep_refuses(core):
    if RP2:
        pytest.skip("this one has it")
    core.new_event_loop()
    assert "does not have" in refused(core, object())
    assert core.power_mode() is False
    assert core.power_mode(False) is False


def test_a_platform_whose_clock_stops_refuses(core):
    core.new_event_loop()
    assert "stops this platform's clock" in refused(core, Machine(lambda ms: None))
    assert core.power_mode() is False


def slept(core, fake=None):
    """Runs a program in low power; returns what it measured and how often it was in lightsleep."""
    calls = []
    flag = core.ThreadSafeFlag()

    async def main():
        assert core.power_mode(True) is True and core.power_mode() is True
        clock = core.get_event_loop().clock
        real = clock.lightsleep

        def counted(ms):
            calls.append(ms)
            real(ms)

        clock.lightsleep = counted
        start = ticks_ms()
        await core.sleep_ms(55)
        times = [ticks_diff(ticks_ms(), start)]
        sleeps = len(calls)

        def later():
            counted_to = ticks_ms()
            while ticks_diff(ticks_ms(), counted_to) < 30:
                pass
            flag.set()

        thread = start_thread(later)
        start = ticks_ms()
        await flag.wait()
        times.append(ticks_diff(ticks_ms(), start))
        thread.join()
        assert core.power_mode(False) is False
        await core.sleep_ms(2)
        return times, sleeps

    def go():
        return run(core, main)

    return (with_machine(fake, go) if fake else go()), calls


@pytest.mark.rp2040(seeds=2)
def test_idle_time_passes_in_lightsleep_and_a_ring_is_found_after_a_slice(core):
    (times, sleeps), calls = slept(core, None if RP2 else Machine(sleep_ms))
    assert 54 <= times[0] < 500 and 29 <= times[1] < 500
    assert sleeps >= 3 and max(calls) <= 20 and min(calls) >= 1
