"""HTU21D against the simulated chip, in virtual time: its times, faults on demand, a chip that goes and comes back."""


import pytest

from twincore import core
from twincore.desktop import chips
from twincore.desktop.board import Board
from twincore.desktop.firmware.world import World
from twincore.drivers import HTU21D

from main_core import on_main_core

pytestmark = [pytest.mark.cpython, pytest.mark.timeout(60)]


def on_board(test):
    """`await test(board, machine.I2C(0))` on the main core of a board of its own."""
    with Board(virtual=True) as board:
        machine = World(board).import_module("machine")
        return on_main_core(board, lambda: core.run(test(board, machine.I2C(0))))


@pytest.mark.parametrize("typical", [True, False])
@pytest.mark.parametrize("temperature,humidity", [(20.0, 50.0), (-39.5, 0.5), (124.0, 99.5)])
def test_it_reads_what_the_chip_measures_as_slow_as_chips_may_be(temperature, humidity, typical):
    async def test(board, i2c):
        chips.HTU21D(board, temperature=temperature, humidity=humidity, typical=typical)
        htu = HTU21D(i2c, read_delay=2)
        async for reading in htu:
            assert reading.temperature == pytest.approx(temperature, abs=0.02)
            assert reading.humidity == pytest.approx(humidity, abs=0.05)
            if htu.readings == 3:
                break
        assert 4_000_000 < board.time.now() < 4_500_000
        assert htu.bus_errors == htu.crc_errors == 0
        htu.deinit()

    on_board(test)


def test_the_age_of_a_reading_grows_while_the_chip_is_away_and_it_comes_back():
    async def test(board, i2c):
        chip = chips.HTU21D(board)
        htu = HTU21D(i2c, read_delay=5)
        await htu
        chip.unplug()
        await core.sleep(60)
        assert "nothing answers at 0x40" in str(htu.error)
        assert 59_000 <= htu.age() <= 61_000
        assert htu.bus_errors >= 50
        chip.temperature = 30.0
        chip.plug_in()
        while htu.error is not None:
            await core.sleep_ms(1)
        assert htu.readings == 2 and htu.age() <= 2
        assert (await htu).temperature == pytest.approx(30, abs=0.02)
        htu.deinit()

    on_board(test)


class Until:
    """A bus at which `then()` is called before the transfer of that number."""

    def __init__(self, bus, number, then):
        self._bus = bus
        self._left = number
        self._then = then

    def __getattr__(self, name):
        method = getattr(self._bus, name)

        def call(*args):
            self._left -= 1
            if self._left == 0:
                self._then()
            return method(*args)

        return call


@pytest.mark.parametrize("number", range(2, 11))  # the reset, and both measurements twice: a command and a reading each
def test_a_chip_that_is_pulled_off_before_any_transfer_is_read_again_when_it_is_back(number):
    async def test(board, i2c):
        chip = chips.HTU21D(board)
        htu = HTU21D(Until(i2c, number, chip.unplug), read_delay=1)
        await core.sleep(5)
        assert not chip.plugged_in and "nothing answers at 0x40" in str(htu.error)
        assert htu.readings == max(0, number - 3) // 4
        chip.plug_in()
        await core.sleep(3)
        assert htu.error is None and htu.age() < 1500
        htu.deinit()

    on_board(test)


def test_wrong_checksums_and_a_chip_that_is_stuck_do_not_end_it():
    async def test(board, i2c):
        chip = chips.HTU21D(board)
        htu = HTU21D(i2c, read_delay=1)
        await htu
        chip.fail_crc(5)
        await core.sleep(20)
        assert htu.crc_errors == 5 and htu.readings > 5 and htu.error is None
        chip.stuck()
        await core.sleep(10)
        readings = htu.readings
        assert htu.bus_errors > 5 and htu.error.errno == 5
        chip.stuck(False)
        await core.sleep(3)
        assert htu.error is None and htu.readings > readings
        htu.deinit()

    on_board(test)


def test_a_program_that_is_begun_anew_in_the_middle_of_a_measurement_reads_on():
    async def test(board, i2c):
        chips.HTU21D(board)
        i2c.writeto(0x40, b"\xf3")
        htu = HTU21D(i2c, read_delay=1)
        assert (await htu).temperature == pytest.approx(20, abs=0.02)
        assert board.time.now() < 1_500_000
        htu.deinit()

    on_board(test)


def test_a_missing_chip_is_named_with_its_bus():
    async def test(board, i2c):
        with pytest.raises(OSError, match=r"no HTU21D at address 0x40 of I2C\(0, "):
            HTU21D(i2c)

    on_board(test)


def test_it_runs_in_a_program_as_it_is_on_a_board(board, run_app):
    chips.HTU21D(board, temperature=25.0)
    app = run_app(
        "main.py",
        files={
            "main.py": """
import asyncio
from machine import I2C
from twincore.drivers import HTU21D

async def main():
    htu = HTU21D(I2C(0), read_delay=1)
    await htu
    print("first", round(htu.temperature))
    async for temperature, humidity in htu:
        print(round(temperature), round(humidity))
        if htu.readings == 3:
            break
    htu.deinit()

asyncio.run(main())
"""
        },
    )
    assert app.wait(timeout=10) == 0
    assert app.output == ["first 25", "25 50", "25 50", "25 50"]
