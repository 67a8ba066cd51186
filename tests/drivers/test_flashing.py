"""heartbeat: an LED that flashes until it is cancelled."""

import pytest

from support import run


class Toggled:
    def __init__(self):
        self.log = []

    def toggle(self):
        self.log.append("toggle")

    def off(self):
        self.log.append("off")


def test_it_switches_over_and_ends_with_off(core, drivers):
    async def main():
        led, calls = Toggled(), []
        tasks = [core.create_task(drivers.heartbeat(20, led)), core.create_task(drivers.heartbeat(20, calls.append))]
        while len(calls) < 4 or len(led.log) < 3:
            await core.sleep_ms(5)
        for task in tasks:
            task.cancel()
        await core.gather(*tasks, return_exceptions=True)
        assert calls[:4] == [1, 0, 1, 0] and calls[-1] == 0
        assert led.log[:3] == ["toggle"] * 3 and led.log[-1] == "off"

    run(core, main)


def test_what_makes_no_sense_is_refused(drivers):
    with pytest.raises(ValueError, match="is 1 ms or more"):
        drivers.heartbeat(0, print)


@pytest.mark.cpython
def test_without_a_board_it_wants_an_led(drivers):
    with pytest.raises(RuntimeError, match="give one, as in heartbeat"):
        drivers.heartbeat(100)


@pytest.mark.cpython
def test_the_led_of_a_simulated_board_flashes(board, run_app, variant):
    """Defect 73: upstream's raises OSError on a Pico."""
    from twincore.desktop.testing import record

    edges = record(board.line("LED"))
    program = "import asyncio\nfrom as_drivers import heartbeat\nasyncio.run(heartbeat(100))"
    run_app("main.py", files={"main.py": program})
    board.run(ms=350)
    edges.expect([(0, 1), (100_000, 0), (200_000, 1), (300_000, 0)], within_us=2000)
