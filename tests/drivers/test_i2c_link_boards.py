"""The I2C link between two simulated boards in virtual time: a pyboard or a Pico as the Initiator, a Pico as the
Responder; real buses, pins and hard interrupts that may not allocate; faults on demand."""

import random
import re
from pathlib import Path

import pytest

from twincore.desktop.board.buses import Nak

pytestmark = [pytest.mark.cpython, pytest.mark.timeout(120)]

COMMON = """
import asyncio, random, sys
from machine import Pin, I2C

async def send(stream, rng, total):
    at = 0
    while at < total:
        size = min(total - at, rng.choice([1, 3, 17, 199, 200, 201, 900]))
        stream.write(bytes((n * 7 + (n >> 8)) & 0xFF for n in range(at, at + size)))
        await stream.drain()
        at += size
        if rng.random() < 0.3:
            await asyncio.sleep_ms(rng.randrange(300))

async def receive(stream, rng, total):
    at = 0
    while at < total:
        data = await stream.read(rng.choice([1, 10, 150, 1000]))
        assert data == bytes((n * 7 + (n >> 8)) & 0xFF for n in range(at, at + len(data))), at
        at += len(data)
        if rng.random() < 0.2:
            await asyncio.sleep_ms(rng.randrange(500))

async def soak(link):
    random.seed(SEED)
    stream = link.stream()
    await asyncio.gather(send(stream, random, TOTAL), receive(stream, random, TOTAL))
    print("exchanged", TOTAL, "lost", link.lost, "bad", link.bad, "boots", link.nboots)
    await asyncio.sleep(20)  # what the other end still has to read
    link.close()

async def talk(link):
    stream = link.stream()
    n = 0
    while True:
        await link.ready()
        stream.write("line %d\\n" % n)
        await stream.drain()
        n += 1
        try:
            line = await asyncio.wait_for(stream.readline(), 1)
        except asyncio.TimeoutError:
            continue
        if line.startswith(b"line "):
            print("got", line)
        await asyncio.sleep_ms(20)

def main():
    link = LINK
    work = soak if sys.argv[1] == "soak" else talk
    async def run():
        await work(link())
    asyncio.run(run())
"""
RESPONDER = """
from as_drivers import Responder
LINK = lambda: Responder(I2C(0, freq=400_000), Pin(14), Pin(15))
main()
"""
INITIATORS = {
    "pyboard": """
import pyb
from as_drivers import Initiator
LINK = lambda: Initiator(pyb.I2C(1, pyb.I2C.SLAVE), Pin("X3"), Pin("X4"), RESET)
main()
""",
    "pico": """
import machine
from as_drivers import Initiator
LINK = lambda: Initiator(machine.I2CTarget(0, 0x12), Pin(14), Pin(15), RESET)
main()
""",
}


class Pair:
    """Two boards that are wired to each other, and the applications on them."""

    def __init__(self, boards, run_app, kind, mode, seed=1, reset=False):
        self._run_app = run_app
        self._mode = mode
        self.initiator, self.responder = boards(kind, name="initiator"), boards("pico", name="responder")
        pins = ("X3", "X4") if kind == "pyboard" else (14, 15)
        for of_one, of_other in zip(pins, (14, 15), strict=True):
            self.initiator.line(of_one).link(self.responder.line(of_other))
        self.bus = self.initiator.i2c(1 if kind == "pyboard" else 0)
        self.bus.join(self.responder.i2c(0))
        reset_pin = "None" if not reset else f'(Pin({"X5" if kind == "pyboard" else 16!r}, Pin.OUT), 0, 20)'
        head = f"SEED, TOTAL = {seed}, 6000\n" + COMMON
        self._sources = {
            "initiator": head + f"RESET = {reset_pin}\n" + INITIATORS[kind],
            "responder": head + RESPONDER,
        }
        self.apps = {}

    def replace(self, name, source, reset=None):
        self._sources[name] = source if reset is None else f"RESET = {reset}\n{source}"

    def start(self, name):
        board = getattr(self, name)
        app = self._run_app("main.py", argv=[self._mode], files={"main.py": self._sources[name]}, board=board)
        self.apps[name] = app
        return app

    def start_both(self):
        return self.start("initiator"), self.start("responder")

    def switch_off(self, name):
        """The program ends as it is, and the board is no slave any more."""
        self.apps[name].interrupt()
        self.apps[name].wait(5)


KINDS = pytest.mark.parametrize("kind", ["pyboard", "pico"])


ANSWER = """
async def talk(link):
    await link.ready()
    stream = link.stream()
    stream.write(b"and " + await stream.readline())
    await stream.drain()
    await asyncio.sleep(20)
    link.close()
"""


def test_the_documented_responder(boards, run_app):
    text = (Path(__file__).parents[2] / "docs" / "drivers.md").read_text()
    section = text.partition("### From board to board over I2C")[2]
    pair = Pair(boards, run_app, "pico", "talk")
    pair.replace("responder", re.search(r"```py\n(.*?)```", section, re.S)[1])
    pair.replace("initiator", COMMON + ANSWER + INITIATORS["pico"], reset="None")
    initiator, responder = pair.start_both()
    assert (responder.wait(60), initiator.wait(60)) == (0, 0)
    assert "b'and hello\\n' lost 0" in responder.output


@KINDS
@pytest.mark.parametrize("seed", [1, 2])
def test_both_directions_at_once(boards, run_app, kind, seed):
    pair = Pair(boards, run_app, kind, "soak", seed)
    for app in pair.start_both():
        assert app.wait(300) == 0
        assert "exchanged 6000 lost 0 bad 0 boots 0" in app.output


@KINDS
def test_a_peer_is_switched_off_and_comes_back(boards, run_app, kind):
    pair = Pair(boards, run_app, kind, "talk")
    pair.start_both()
    for name in ("responder", "initiator"):
        other = pair.apps["initiator" if name == "responder" else "responder"]
        other.wait_output("got b'line 3", timeout=30)
        pair.switch_off(name)
        other.wait_output("lost the other end", timeout=30)
        pair.start(name)
        other.wait_output("synchronised", timeout=30)
        other.wait_output("got b'line 3", timeout=30)


@KINDS
def test_a_hung_peer_is_reset(boards, run_app, kind):
    pair = Pair(boards, run_app, kind, "talk", reset=True)
    resets = []
    pair.initiator.line("X5" if kind == "pyboard" else 16).watch(lambda level, when: resets.append(level))
    app, _ = pair.start_both()
    app.wait_output("got b'line 3", timeout=30)
    before = len(resets)
    pair.switch_off("responder")
    app.wait_output("resets the other board", timeout=30)
    app.wait_output("resets the other board", timeout=30)
    assert resets[before : before + 2] == [0, 1]
    pair.start("responder")
    app.wait_output("got b'line 3", timeout=60)


class Faulty:
    """What is at the Initiator's address, behind a bus that sometimes does not acknowledge, or changes a byte."""

    def __init__(self, device, seed):
        self.device = device
        self.rng = random.Random(seed)
        self.faults = 0
        self.on = True

    def _fails(self, likely):
        if self.on and self.rng.random() < likely:
            self.faults += 1
            return True
        return False

    def write(self, data, stop):
        if data and self._fails(0.05):
            raise Nak
        if len(data) == 2 and self._fails(0.05):
            data = self.rng.randbytes(2)
        self.device.write(data, stop)

    def read(self, count, stop):
        if self._fails(0.05):
            raise Nak
        data = self.device.read(count, stop)
        return self.rng.randbytes(2) if count == 2 and self._fails(0.05) else data


@pytest.mark.parametrize("kind,seed", [("pyboard", 1), ("pyboard", 2), ("pico", 3)])
def test_a_bus_with_faults_keeps_breaking_it_and_it_goes_on(boards, run_app, kind, seed):
    pair = Pair(boards, run_app, kind, "talk")
    apps = pair.start_both()
    for app in apps:
        app.wait_output("got b'line 3", timeout=30)
    faulty = Faulty(pair.bus._devices[0x12], seed)
    pair.bus._devices[0x12] = faulty
    until = pair.initiator.time.now() + 20_000_000
    apps[0].wait_output("lost the other end", timeout=120)
    pair.initiator.time.sleep(until)
    assert faulty.faults > 10
    faulty.on = False
    pair.initiator.time.sleep(until + 10_000_000)
    for app in apps:
        assert app.running
        lines = app.output
        pair.initiator.time.sleep(pair.initiator.time.now() + 1_000_000)
        assert app.output[len(lines) :], lines[-5:]
        assert app.output[-1].startswith("got b'line")
