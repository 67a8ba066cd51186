"""AsyncPin, PinCall and AADC on a simulated board, in virtual time, whose hard interrupts may not allocate."""


import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twincore import core
from twincore.desktop.board import Board
from twincore.desktop.chips.waveform import play, ramp
from twincore.desktop.firmware.world import World
from twincore.primitives import AADC, AsyncPin, PinCall

from main_core import on_main_core

pytestmark = [pytest.mark.cpython, pytest.mark.timeout(120)]


def on_board(test):
    """`await test(board, machine)` on the main core of a board of its own."""
    with Board(virtual=True) as board:
        machine = World(board).import_module("machine")
        return on_main_core(board, lambda: core.run(test(board, machine)), seconds=100)


def waveform(gaps, first=1):
    """Steps for `play`: levels in turn, each for so many us."""
    return [(gap, (first + n) % 2) for n, gap in enumerate(gaps)]


@settings(deadline=None, max_examples=40)
@given(st.lists(st.integers(100, 10_000), min_size=1, max_size=60))
def test_each_edge_of_a_bouncing_contact_is_counted_and_its_level_found(gaps):
    async def test(board, machine):
        pin = AsyncPin(machine.Pin(2, machine.Pin.IN, machine.Pin.PULL_DOWN))
        start = board.time.now()
        play(board, 2, waveform(gaps), start=start + 1000)
        edges, times = 0, []
        while edges < len(gaps):
            edges += await pin.wait_edge()
            times.append(board.time.now() - start)
        assert edges == len(gaps)
        assert times[0] == 1000
        assert await pin.wait_level(len(gaps) % 2) == len(gaps) % 2
        with pytest.raises(core.TimeoutError):
            await core.wait_for_ms(pin.wait_edge(), 100)
        pin.deinit()
        return times

    times = on_board(test)
    assert times == [1000 + sum(gaps[:n]) for n in range(len(gaps))]


@settings(deadline=None, max_examples=40)
@given(st.lists(st.integers(100, 10_000), min_size=1, max_size=60), st.integers(0, 5))
def test_calls_come_in_turn_and_end_with_the_level_that_stays(gaps, busy_ms):
    log = []

    async def test(board, machine):
        call = PinCall(
            machine.Pin(2, machine.Pin.IN, machine.Pin.PULL_DOWN),
            cb_rise=log.append, cbr_args=(1,), cb_fall=log.append, cbf_args=(0,),
        )  # fmt: skip

        async def block():
            while busy_ms:
                board.time.sleep(board.time.now() + busy_ms * 1000)  # as a task that computes
                await core.sleep(0)

        task = core.create_task(block())
        play(board, 2, waveform(gaps), start=board.time.now() + 1000)
        await core.sleep_ms(sum(gaps) // 1000 + 50)
        task.cancel()
        call.deinit()

    on_board(test)
    assert log == [(n + 1) % 2 for n in range(len(log))]
    assert log[-1] == len(gaps) % 2
    assert len(log) <= len(gaps)
    if not busy_ms:
        assert len(log) == len(gaps)


@pytest.mark.parametrize("interval", [1, 10, 50])
def test_an_adc_tells_of_a_crossing_within_an_interval(interval):
    async def test(board, machine):
        board.analog(26).value = ramp(1_000_000)
        aadc = AADC(machine.ADC(26), interval_ms=interval)
        for _ in range(3):
            aadc.sense(False)
            assert await aadc(16384, 32767) >= 16384
            late = board.time.now() % 1_000_000 - 250_000
            assert 0 <= late <= interval * 1000 + 1000
            aadc.sense(True)
            assert await aadc() > 32767
            late = board.time.now() % 1_000_000 - 500_000
            assert 0 <= late <= interval * 1000 + 1000

    on_board(test)


def test_a_program_with_all_of_them(board, run_app):
    """As it is on a board: its modules, its names."""
    app = run_app(
        "main.py",
        files={
            "main.py": """
import asyncio
from machine import ADC, Pin
from primitives import AADC, AsyncPin, Encoder, LED_async, MillisecTimer, PinCall, asyncio_running, gc_task, ready

async def main():
    collecting = asyncio.create_task(gc_task(1000))
    led = LED_async(Pin(25, Pin.OUT))
    led.flash(10)
    knob = Encoder(Pin(2, Pin.IN, Pin.PULL_UP), Pin(3, Pin.IN, Pin.PULL_UP), div=4,
                   callback=lambda v, d: print("knob", v, d))
    call = PinCall(Pin(4, Pin.IN, Pin.PULL_DOWN), cb_rise=print, cbr_args=("rise",), cb_fall=print, cbf_args=("fall",))
    pin = AsyncPin(Pin(5, Pin.IN, Pin.PULL_DOWN), Pin.IRQ_RISING)
    timer = MillisecTimer()
    print("ready", asyncio_running(), bool(ready(asyncio.ThreadSafeFlag())))
    print("edges", await pin.wait_edge())
    print("changed", await AADC(ADC(26))(5000))
    await timer(5)
    for device in (knob, call, pin, timer, led):
        device.deinit()
    collecting.cancel()
    await asyncio.sleep(0)
    print("end")

asyncio.run(main())
"""
        },
    )
    app.wait_output("ready True False", timeout=1)
    board.line(4).drive(1)
    app.wait_output("rise", timeout=0.1)
    board.line(4).drive(0)
    app.wait_output("fall", timeout=0.1)
    for _ in range(2):
        for a, b in ((0, 1), (0, 0), (1, 0), (1, 1)):
            board.line(2).drive(a)
            board.line(3).drive(b)
    app.wait_output("knob 2 2", timeout=0.2)
    board.line(5).drive(1)
    app.wait_output("edges 1", timeout=0.1)
    board.analog(26).value = 0.9
    app.wait_output("changed 5", timeout=0.1)
    app.wait_output("end", timeout=0.1)
    assert app.wait() == 0
