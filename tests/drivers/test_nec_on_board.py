"""NEC_IR and NECTransmitter on a simulated board, in virtual time, with hard interrupts: jitter, noise, late loops."""

from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twincore import core
from twincore.desktop import chips
from twincore.desktop.board import Board
from twincore.desktop.chips.nec_remote import frame
from twincore.desktop.chips.waveform import play
from twincore.desktop.firmware.world import World
from twincore.drivers import NEC_IR, NECTransmitter
from twincore.drivers.nec_times import BADADDR, BADBLOCK, BADDATA, BADREP, BADSTART, OVERRUN, REPEAT
from twincore.offload import Worker

from main_core import on_main_core

pytestmark = [pytest.mark.cpython, pytest.mark.timeout(120)]


def on_board(test):
    """`await test(board, machine)` on the main core of a board of its own, in whose hardware nothing goes wrong."""
    said = []
    with Board(virtual=True, output=said.append) as board:
        machine = World(board).import_module("machine")
        on_main_core(board, lambda: core.run(test(board, machine)), seconds=100)
    assert not said, said


def receiver(machine, log, extended=False):
    return NEC_IR(machine.Pin(2, machine.Pin.IN), lambda data, addr: log.append((data, addr)), extended)


async def until(board, when):
    await core.sleep_ms((when - board.time.now()) // 1000 + 25)


@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 0xFFFF), st.integers(0, 0xFF)), min_size=1, max_size=5), st.integers(0, 99))
def test_every_code_of_a_remote_whose_edges_jitter_is_decoded(codes, seed):
    log = []

    async def test(board, machine):
        remote = chips.NECRemote(board, 2, jitter_us=112, seed=seed)  # 20 % of a unit, each edge
        ir = receiver(machine, log, extended=True)
        for address, data in codes:
            over = remote.send(address, data, extended=True)
        await until(board, over)
        ir.deinit()

    on_board(test)
    assert log == [(data, address) for address, data in codes]


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 0xFF), st.integers(0, 0xFF), st.integers(0, 99))
def test_every_mark_and_space_may_be_20_percent_longer_or_shorter(address, data, seed):
    log = []

    async def test(board, machine):
        random = Random(seed)
        board.line(2).drive(1, by="test")
        ir = receiver(machine, log)
        steps = [(us * random.uniform(0.8, 1.2), n % 2) for n, us in enumerate(frame(address, data))]
        playing = play(board, 2, [*steps, (0, 1)], start=board.time.now() + 1000, by="test")
        await until(board, playing.ends)
        ir.deinit()

    on_board(test)
    assert log == [(data, address)]


def test_a_held_key_and_a_signal_that_is_lost():
    log = []

    async def test(board, machine):
        remote = chips.NECRemote(board, 2)
        ir = receiver(machine, log)
        await until(board, remote.hold(0x59, 0x16, ms=350))
        for marks in (1, 2, 20, 33):
            await until(board, remote.send(0x59, 0x16, marks=marks))
        await until(board, remote.repeat())
        assert ir.errors == 4
        ir.deinit()

    on_board(test)
    assert log[:4] == [(0x16, 0x59)] + [(REPEAT, 0x59)] * 3
    assert log[4:] == [(BADSTART, 0), (BADBLOCK, 0), (BADBLOCK, 0), (BADBLOCK, 0), (REPEAT, 0x59)]


def test_all_other_errors():
    good = frame(0x59, 0x16)
    wrong = {
        BADREP: [9000, 2250, 562, 562, 562],
        OVERRUN: [*good, 562, 562],
        BADDATA: [*good[:35], 2250 - good[35], *good[36:]],
        BADADDR: [*good[:3], 2250 - good[3], *good[4:]],
    }
    log = []

    async def test(board, machine):
        board.line(2).drive(1, by="test")
        ir = receiver(machine, log)
        for widths in (*wrong.values(), good):
            steps = [(us, n % 2) for n, us in enumerate(widths)]
            playing = play(board, 2, [*steps, (0, 1)], start=board.time.now() + 1000, by="test")
            await until(board, playing.ends)
        ir.deinit()

    on_board(test)
    assert log == [(error, 0) for error in wrong] + [(0x16, 0x59)]


@pytest.mark.parametrize("seed", range(5))
def test_noise_between_codes_makes_errors_and_costs_no_code(seed):
    log = []

    async def test(board, machine):
        remote = chips.NECRemote(board, 2, seed=seed)
        ir = receiver(machine, log)
        for data in range(5):
            remote.noise(bursts=3 + 20 * data)
            await until(board, remote.send(1, data))
        assert ir.errors == sum(data < 0 for data, _ in log) > 0
        ir.deinit()

    on_board(test)
    assert [code for code in log if code[0] >= 0] == [(data, 1) for data in range(5)]
    assert {data for data, _ in log if data < 0} <= {BADSTART, OVERRUN}


@pytest.mark.parametrize("busy_ms", [5, 50, 150])
def test_a_loop_that_is_late_for_a_code_or_more_loses_none(busy_ms):
    log = []

    async def test(board, machine):
        remote = chips.NECRemote(board, 2)
        ir = receiver(machine, log)

        async def block():
            while True:
                board.time.sleep(board.time.now() + busy_ms * 1000)  # as a task that computes
                await core.sleep(0)

        task = core.create_task(block())
        over = remote.hold(0x59, 0x16, ms=220)
        over = remote.send(3, 4)
        await until(board, over + 4 * busy_ms * 1000)
        task.cancel()
        ir.deinit()

    on_board(test)
    assert log == [(0x16, 0x59), (REPEAT, 0x59), (REPEAT, 0x59), (4, 3)]


def test_a_code_is_reported_soon_after_its_end():
    late = []

    async def test(board, machine):
        remote = chips.NECRemote(board, 2)
        ir = NEC_IR(machine.Pin(2, machine.Pin.IN), lambda *_: late.append(board.time.now() - over))
        for data in range(0, 256, 16):
            over = remote.send(1, data)
            await until(board, over)
        ir.deinit()

    on_board(test)
    assert len(late) == 16 and 12_000 <= min(late) and max(late) <= 17_000


# The transmitter


def test_what_the_transmitter_sends_is_received():
    log = []

    async def test(board, machine):
        board.line(3).link(board.line(2))
        worker = Worker()
        transmitter = NECTransmitter(machine.Pin(3, machine.Pin.OUT), worker, mark=0)
        ir = receiver(machine, log, extended=True)
        await transmitter.send(0x1234, 0x56)
        await transmitter.hold(0x59, 0x16, 250, True)
        await core.gather(transmitter.send(0xFFFF, 0xFF), transmitter.send(0, 0, True))
        await core.sleep_ms(30)
        assert transmitter.sent == 6
        ir.deinit()
        await worker.close()

    on_board(test)
    assert log[:4] == [(0x56, 0x1234), (0x16, 0x59), (REPEAT, 0x59), (REPEAT, 0x59)]
    assert sorted(log[4:]) == [(0, 0), (0xFF, 0xFFFF)]


def test_codes_have_the_times_of_the_protocol_and_begin_108_ms_apart():
    seen = []

    async def test(board, machine):
        board.line(3).watch(lambda level, when: seen.append((when, level)))
        worker = Worker()
        transmitter = NECTransmitter(machine.Pin(3, machine.Pin.OUT), worker)
        await transmitter.hold(0x59, 0x16, 110)
        await worker.close()

    on_board(test)
    widths = [later - when for (when, _), (later, _) in pairwise(seen)]
    assert all(abs(got - wanted) <= 1 for got, wanted in zip(widths, frame(0x59, 0x16), strict=False))
    assert 108_000 <= seen[68][0] - seen[0][0] <= 109_000
    assert len(seen) == 72 and seen[-1][1] == 0


def test_a_carrier_is_switched_by_its_duty_and_is_off_in_the_end():
    class Pwm:
        def __init__(self):
            self.duties = []

        def duty_u16(self, duty):
            self.duties.append(duty)

    async def test(board, machine):
        pwm, worker = Pwm(), Worker()
        transmitter = NECTransmitter(pwm, worker)
        sending = core.create_task(transmitter.send(1, 2))
        await core.sleep_ms(10)
        sending.cancel()  # it goes on to its end
        await worker.close()
        assert len(pwm.duties) == 1 + 67 + 1 and pwm.duties[0] == pwm.duties[-1] == 0
        assert set(pwm.duties) == {0, 21845}

    on_board(test)


def test_what_can_not_be_sent_is_refused():
    async def test(board, machine):
        worker = Worker()
        pin = machine.Pin(3, machine.Pin.OUT)
        transmitter = NECTransmitter(pin, worker)
        for args in ((0x10000, 0), (0, 256), (0x100, 0, False)):
            with pytest.raises(ValueError, match="0 to 0xff"):
                await transmitter.send(*args)
        with pytest.raises(ValueError, match="0 ms or more"):
            await transmitter.hold(0, 0, -1)
        with pytest.raises(TypeError, match="machine.PWM or a machine.Pin"):
            NECTransmitter(7, worker)
        with pytest.raises(ValueError, match="0 or 1"):
            NECTransmitter(pin, worker, mark=2)
        await worker.close()

    on_board(test)


def test_they_run_in_programs_as_they_are_on_a_board(board, run_app):
    remote = chips.NECRemote(board, 2)
    app = run_app(
        "main.py",
        files={
            "main.py": """
import asyncio
from machine import Pin
from as_drivers.nec_ir import NEC_IR, REPEAT

def callback(data, addr, name):
    print(name, "repeat" if data == REPEAT else data, addr)

async def main():
    ir = NEC_IR(Pin(2, Pin.IN), callback, True, "key")
    await asyncio.sleep(1)
    ir.deinit()

asyncio.run(main())
"""
        },
    )
    board.run(ms=10)
    remote.hold(0x1234, 5, ms=110)
    app.wait(timeout=5)
    assert app.output == ["key 5 4660", "key repeat 4660"]
