"""Noise at every pin and garbage on every port of a simulated board, whose drivers have callbacks that raise."""

import random

import pytest

from twincore import core, drivers
from twincore.desktop.board import Board
from twincore.desktop.firmware.world import World

from main_core import on_main_core

pytestmark = [pytest.mark.cpython, pytest.mark.timeout(60)]

GOOD = b"\r\n$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47\r\n"
PIECES = (b"", b"\r\n", b"$GPRMC,", b"*00\r\n", b"$PMTK001,220,3*30\r\n", GOOD)
INFRARED, CLOCK, DATA, PPS = 3, 6, 8, 22
STEPS = 400


def fails(*told):
    raise ZeroDivisionError


async def make_noise(board, rng):
    """At these pins, and on both UARTs."""
    lines = {pin: board.line(pin) for pin in (INFRARED, CLOCK, DATA, PPS)}
    levels = dict.fromkeys(lines, 0)
    for _ in range(STEPS):
        pin = rng.choice(list(lines))
        levels[pin] ^= 1
        lines[pin].drive(levels[pin], by="noise")
        if rng.random() < 0.2:
            board.uart(0).feed(rng.randbytes(rng.randrange(80)) + rng.choice(PIECES))
        if rng.random() < 0.2:
            board.uart(1).feed(rng.randbytes(rng.randrange(120)))
        await core.sleep(rng.choice([0, 0.0005, 0.001, 0.002, 0.009, 0.013, 0.1]))


@pytest.mark.parametrize("seed", range(6))
def test_nothing_ends_and_what_is_good_is_taken_afterwards(seed):
    rng = random.Random(seed)
    reported, records = [], []

    async def test(board, machine):
        core.get_event_loop().set_exception_handler(lambda loop, context: reported.append(context["exception"]))
        ports = machine.UART(0, 9600), machine.UART(1, 115200)
        pin = machine.Pin
        reader, writer = core.StreamReader(ports[0]), core.StreamWriter(ports[0], {})
        gps = drivers.GPS_RWTimer(
            reader, writer, pin(PPS, pin.IN), fix_cb=fails, cb_mask=63, msg_cb=fails, pps_cb=fails
        )
        remote = drivers.NEC_IR(pin(INFRARED, pin.IN), fails, bool(rng.randrange(2)))
        link = drivers.SynCom(
            bool(rng.randrange(2)), pin(CLOCK, pin.IN), pin(7, pin.OUT), pin(DATA, pin.IN), pin(9, pin.OUT),
            timeout=rng.choice([0, 200]), verbose=False,
        )  # fmt: skip

        async def read():
            async for record in drivers.RecordOrientedUart(ports[1], b"\n", 50):
                records.append(record)

        tasks = [core.create_task(read()), core.create_task(link.start())]
        await make_noise(board, rng)
        parsed = gps.parsed_sentences
        board.uart(0).feed(GOOD)
        board.uart(1).feed(b"\nfine\n")
        await core.sleep(3)
        assert not [task for task in (*tasks, gps._task, gps._pulses._task, remote._task) if task.done()]
        assert gps.parsed_sentences > parsed and gps.latitude()[1] == "N"
        assert records[-1] == b"fine"
        gps.close()
        remote.deinit()
        for task in tasks:
            task.cancel()
        await core.gather(*tasks, return_exceptions=True)

    with Board(virtual=True) as board:
        board.world = World(board)
        machine = board.world.import_module("machine")
        on_main_core(board, lambda: core.run(test(board, machine)))
    assert {type(error) for error in reported} == {ZeroDivisionError}
    assert len(reported) > 10  # they are called again though the first time raised
