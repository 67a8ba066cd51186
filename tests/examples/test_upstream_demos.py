"""micropython-async's own demos, unmodified, on simulated boards in virtual time, with what they want around them.

They are not ours, and so not here: TWINCORE_UPSTREAM names a folder of them, as the `v3` of a checkout of that project,
in which `as_demos` and `as_drivers` are. Only the demo's own file is taken, and not the drivers beside it.
"""

import os
from pathlib import Path

import pytest

from twincore.desktop import chips

UPSTREAM = os.environ.get("TWINCORE_UPSTREAM")

pytestmark = [
    pytest.mark.cpython,
    pytest.mark.timeout(60),
    pytest.mark.board(leaks="off"),  # demos leave their tasks
    pytest.mark.skipif(not UPSTREAM, reason="no demos of micropython-async: name their folder in TWINCORE_UPSTREAM"),
]


def sentence(body):
    both = 0
    for byte in body.encode():
        both ^= byte
    return f"${body}*{both:02X}"


def walk():
    """A log of a minute."""
    lines = []
    for second in range(60):
        clock = f"1205{second:02d}.000"
        lines += [
            sentence(f"GPGGA,{clock},5231.2{second:02d}0,N,01324.3000,E,1,08,0.9,35.0,M,,,,"),
            sentence("GPGSA,A,3,05,12,13,,,,,,,,,,1.5,0.9,1.2"),
            sentence("GPGSV,1,1,03,05,10,100,40,12,20,200,41,13,30,300,42"),
            sentence(f"GPRMC,{clock},A,5231.2{second:02d}0,N,01324.3000,E,0.5,90.0,311223,,,A"),
            sentence("GPVTG,90.0,T,,M,0.5,N,0.9,K,A"),
        ]
    return lines


def nothing(board):
    pass


def loop(board, uart):
    chips.Loopback(board, uart)


def crossed(board):
    chips.Crossover(board, 2, board, 4)


def receiver(board):
    chips.GPS(board, walk(), uart=4, pps="X3", again=True)


def display(board):
    chips.HD44780(board, rs="Y1", e="Y2", data=("Y6", "Y5", "Y4", "Y3"), rows=2)


def remote(board):
    one = chips.NECRemote(board, "X3")
    board.at(500_000, one.send, 0x40, 1)


def climate(board):
    chips.HTU21D(board, bus=1, temperature=21.5)


# File, board, what is around it, what it is to print, in so many seconds.
DEMOS = [
    ("as_demos/aledflash.py", "pyboard", nothing, "Flash LED's for 10 seconds", 15),
    ("as_demos/apoll.py", "pyboard", nothing, "Test complete!", 30),
    ("as_demos/auart.py", "pyboard", lambda board: loop(board, 4), "Received b'Hello uart\\n'", 10),
    ("as_demos/auart_hd.py", "pyboard", crossed, "Goodbye", 20),
    ("as_demos/gather.py", "pyboard", nothing, "as_demos.gather.test() to run again.", 30),
    ("as_demos/iorw.py", "pyboard", nothing, "Received b'ready\\n'", 10),
    ("as_demos/rate.py", "pyboard", nothing, "Coros 1000  Iterations/sec", 30),
    ("as_demos/roundrobin.py", "pyboard", nothing, "Coro executions per sec", 20),
    ("as_demos/stream_to.py", "pico", lambda board: loop(board, 0), "Demo complete.", 40),
    ("as_drivers/as_GPS/ast_pb.py", "pyboard", receiver, "Compass Direction: E", 60),
    ("as_drivers/as_GPS/ast_pbrw.py", "pyboard", receiver, "13 (30, 300, 42)", 60),
    ("as_drivers/hd44780/alcdtest.py", "pyboard", display, None, 30),
    ("as_drivers/htu21d/htu_test.py", "pyboard", climate, "Temp  21.5 Humidity", 10),
    ("as_drivers/nec_ir/art.py", "pyboard", remote, "0x1 0xbf40", 5),
    ("as_drivers/sched/asynctest.py", "pyboard", nothing, "Coroutine every 3 mins", 1000),
    ("as_drivers/sched/crontest.py", "pyboard", nothing, "ALL TESTS PASSED", 10),
    ("as_drivers/sched/simulate.py", "pyboard", nothing, "Run payload", 10),
    ("as_drivers/sched/synctest.py", "pyboard", nothing, "every 5 mins", 10),
]


def app_of(run_app, board, *names):
    """The last of these files as the program, those before it beside it."""
    files = {name: (Path(UPSTREAM) / name).read_text() for name in names}
    module = names[-1].removesuffix(".py").replace("/", ".")
    return run_app("main.py", files={"main.py": f"import {module}\n", **files}, board=board)


@pytest.mark.parametrize(("name", "kind", "around", "text", "seconds"), DEMOS, ids=[demo[0] for demo in DEMOS])
def test_a_demo_does_what_it_is_for(boards, run_app, name, kind, around, text, seconds):
    board = boards(kind)
    around(board)
    app = app_of(run_app, board, name)
    if text is None:
        assert app.wait(timeout=seconds) == 0
        return
    assert app.wait_output(text, timeout=seconds)
    assert "Traceback" not in app.text
    app.interrupt()


def test_two_boards_over_i2c(boards, run_app):
    initiator, responder = boards("pyboard", name="initiator"), boards("pyboard", name="responder")
    for pin in ("Y11", "X6"):
        initiator.line(pin).link(responder.line(pin))
    initiator.i2c(2).join(responder.i2c(2))
    other = app_of(run_app, responder, "as_drivers/i2c/i2c_resp.py")
    app = app_of(run_app, initiator, "as_drivers/i2c/i2c_init.py")
    assert app.wait_output("Received [0, 5]", timeout=60)
    assert other.wait_output("Received [5, 0]", timeout=60)
    assert "Reboots:  0" in app.text


def test_two_boards_with_syncom(boards, run_app):
    initiator, passive = boards("pyboard", name="initiator"), boards("esp32", name="passive")
    for pin, of_other in (("Y5", 13), ("Y6", 12), ("Y7", 14), ("Y8", 15)):
        initiator.line(pin).link(passive.line(of_other))
    app_of(run_app, passive, "as_drivers/syncom/sr_passive.py")
    app = app_of(run_app, initiator, "as_drivers/syncom/sr_init.py")
    assert app.wait_output("initiator received ['test', 3, 1]", timeout=60)
    assert app.wait_output("timing", timeout=60)
