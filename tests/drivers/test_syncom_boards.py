"""SynCom between two simulated boards, whose hard interrupts may not allocate, in virtual time."""

import pytest

pytestmark = [pytest.mark.cpython, pytest.mark.timeout(60)]

PROGRAM = """
import asyncio, sys
from machine import Pin
from as_drivers import SynCom

async def echo(channel):
    while channel.running():
        obj = await channel.await_obj()
        if obj is not None:
            channel.send(["echo", obj])

async def ask(channel):
    for obj in ([1, 2.5, None], "x" * 100, {"a": {}}):
        channel.send(obj)
        print(await channel.await_obj())

passive = sys.argv[1] == "passive"
ckin, ckout, din, dout = Pin(2, Pin.IN), Pin(3, Pin.OUT), Pin(4, Pin.IN), Pin(5, Pin.OUT)
reset = None if passive else Pin(6, Pin.OUT, value=1)
channel = SynCom(passive, ckin, ckout, din, dout, reset, timeout=1000)
asyncio.run(channel.start(echo if passive else ask))
"""


def wired(boards):
    initiator, passive = boards(name="initiator"), boards(name="passive")
    for of_one, of_other in (("GP2", "GP3"), ("GP3", "GP2"), ("GP4", "GP5"), ("GP5", "GP4")):
        initiator.line(of_one).link(passive.line(of_other))
    return initiator, passive


def test_objects_go_to_and_fro_by_interrupts(boards, run_app):
    initiator, passive = wired(boards)
    files = {"main.py": PROGRAM}
    run_app("main.py", argv=["passive"], files=files, board=passive)
    app = run_app("main.py", argv=["initiator"], files=files, board=initiator)
    app.wait_output("synchronised", timeout=5)
    start = initiator.time.now()
    assert app.wait_output("[1, 2.5, None]", timeout=5)
    assert app.wait_output("x" * 100, timeout=5)
    assert app.wait_output("{'a': {}}", timeout=5)
    assert initiator.time.now() - start < 1_000_000


def test_a_board_that_is_switched_off_is_reset_and_called_again(boards, run_app):
    initiator, passive = wired(boards)
    files = {"main.py": PROGRAM}
    resets = []
    initiator.line("GP6").watch(lambda level, when: resets.append(level))
    app = run_app("main.py", argv=["initiator"], files=files, board=initiator)
    app.wait_output("timeout", timeout=10)
    first = run_app("main.py", argv=["passive"], files=files, board=passive)
    app.wait_output("synchronised", timeout=10)
    first.interrupt()
    app.wait_output("timeout", timeout=10)
    run_app("main.py", argv=["passive"], files=files, board=passive)
    app.wait_output("synchronised", timeout=10)
    app.wait_output("{'a': {}}", timeout=5)
    assert resets[-2:] == [0, 1]


def test_a_missed_edge_does_not_stop_it(boards, run_app):
    initiator, passive = wired(boards)
    files = {"main.py": PROGRAM}
    run_app("main.py", argv=["passive"], files=files, board=passive)
    app = run_app("main.py", argv=["initiator"], files=files, board=initiator)
    app.wait_output("synchronised", timeout=5)
    line = app.namespace["channel"]._line
    edge, missed = line._edge, []

    def miss(pin):
        if len(missed) < 3:
            missed.append(pin)
        else:
            edge(pin)

    initiator.line("GP2").irq(lambda *_: miss(None), True, True, False, None)
    app.wait_output("{'a': {}}", timeout=10)
    assert len(missed) == 3
