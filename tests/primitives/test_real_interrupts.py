"""Programs on the emulated RP2040 whose pins are all real: hard interrupts, a timer, and core 1 that moves them.

Several interleavings of each; the wires are those of `AROUND`.
"""

import pytest

from twincore.desktop.emulation import emulator
from twincore.desktop.wiring import Wiring

pytestmark = [pytest.mark.cpython, pytest.mark.timeout(120)]

AROUND = 'links = ["GP2:GP3", "GP4:GP5", "GP6:GP7", "GP8:GP9"]\n'
SEEDS = pytest.mark.parametrize("seed", [1, 2, 3])


@pytest.fixture
def printed(tmp_path, target_is_here):
    """A function that runs a program on the board with its wires, and returns the lines that it printed."""
    target_is_here("rp2040")

    def run(program, seed):
        script, wiring = tmp_path / "app.py", tmp_path / "around.toml"
        script.write_text(program)
        wiring.write_text(AROUND)
        result = emulator.run(script, seed=seed, jitter=50, wiring=Wiring.load(wiring), wall_limit=100)
        assert (result.exit_code, result.stderr) == (0, "")
        return result.stdout.splitlines()

    return run


DELAY = """
from twincore import core as asyncio
from machine import Pin, Timer
from twincore.primitives import Delay_ms

out, pin = Pin(2, Pin.OUT, value=0), Pin(3, Pin.IN)


async def main():
    log = []
    delay = Delay_ms(log.append, ("bark",), 30)
    pin.irq(lambda _: delay.trigger(), Pin.IRQ_RISING, hard=True)
    for _ in range(6):
        out(1)
        out(0)
        await asyncio.sleep_ms(20)
        assert log == [] and delay.running()
    await delay.wait()
    print("hard interrupts:", log)

    delay.clear()
    ticks = [0]

    def tick(_):
        ticks[0] += 1
        if ticks[0] < 20:
            delay.trigger()

    timer = Timer(freq=200, mode=Timer.PERIODIC, callback=tick)
    await delay.wait()
    timer.deinit()
    print("a timer:", log, 24 <= ticks[0] <= 27)

    delay.clear()
    pin.irq(lambda _: delay.stop(), Pin.IRQ_RISING, hard=True)
    delay.trigger(20)
    await asyncio.sleep_ms(5)
    out(1)
    await asyncio.sleep_ms(60)
    print("stopped:", log, delay.running(), delay.is_set())

    out(0)
    pin.irq(lambda _: delay.trigger(40), Pin.IRQ_RISING, hard=True)
    delay.callback(lambda: log.append("again") or (delay.trigger(5) if len(log) < 5 else delay.deinit()))
    out(1)
    await asyncio.sleep_ms(100)
    print(log)


asyncio.run(main())
"""


@SEEDS
def test_a_delay_is_put_off_and_stopped_by_hard_interrupts_and_a_timer(printed, seed):
    assert printed(DELAY, seed) == [
        "hard interrupts: ['bark']",
        "a timer: ['bark', 'bark'] True",
        "stopped: ['bark', 'bark'] False False",
        "['bark', 'bark', 'again', 'again', 'again']",
    ]


KNOB = """
import _thread
from twincore import core as asyncio
from machine import Pin
from twincore.primitives import Encoder
from time import sleep_us

x_out, y_out = Pin(2, Pin.OUT, value=0), Pin(4, Pin.OUT, value=0)
CYCLE = ((0, 0), (1, 0), (1, 1), (0, 1))
TURNS = (40, -23, 7, -100, 1)
todo = [0]
stop = False


def turn():  # on core 1, an edge each 0.4 ms, and each fourth one bounces
    at = 0
    while not stop:
        if todo[0]:
            way = 1 if todo[0] > 0 else -1
            for _ in range(abs(todo[0])):
                before = CYCLE[at & 3]
                at += way
                now = CYCLE[at & 3]
                if not at & 3:
                    x_out(now[0]), y_out(now[1]), sleep_us(150), x_out(before[0]), y_out(before[1]), sleep_us(150)
                x_out(now[0])
                y_out(now[1])
                sleep_us(400)
            todo[0] = 0
        sleep_us(100)


async def main():
    global stop
    told = []
    knob = Encoder(Pin(3, Pin.IN), Pin(5, Pin.IN), delay=5, callback=lambda value, delta: told.append((value, delta)))
    _thread.start_new_thread(turn, ())
    values = []
    for edges in TURNS:
        todo[0] = edges
        while todo[0]:
            for _ in range(200):  # a task that is busy
                pass
            await asyncio.sleep_ms(0)
        await asyncio.sleep_ms(2)
        values.append(knob.value())
    await asyncio.sleep_ms(20)
    stop = True
    print(values, knob.skipped, told[-1][0], sum(delta for _, delta in told))
    knob.deinit()


asyncio.run(main())
"""


@SEEDS
def test_an_encoder_with_both_contacts_at_real_pins_loses_no_edge(printed, seed):
    assert printed(KNOB, seed) == ["[40, 17, 24, -76, -75] 0 -75 -75"]


BUTTONS = """
from twincore import core as asyncio
from machine import Pin
from twincore.primitives import EButton, PinCall, Pushbutton, Switch, WaitAny

outs = [Pin(n, Pin.OUT, value=1) for n in (2, 4, 6, 8)]
pins = [Pin(n, Pin.IN) for n in (3, 5, 7, 9)]
for kind in (EButton, Pushbutton, Switch):
    kind.debounce_ms = 10
for kind in (EButton, Pushbutton):
    kind.double_click_ms = 120
    kind.long_press_ms = 150


async def play(out, times):
    level = 1
    for ms in times:
        level = 1 - level
        for _ in range(4):  # it bounces
            out(level)
            out(1 - level)
            await asyncio.sleep_ms(1)
        out(level)
        await asyncio.sleep_ms(ms)


async def main():
    told = {name: [] for name in ("e", "push", "switch", "call")}
    e = EButton(pins[0], suppress=True)
    push = Pushbutton(pins[1])
    for name in ("press", "release", "double", "long"):
        getattr(push, name + "_func")(told["push"].append, (name,))
    switch = Switch(pins[2])
    switch.close_func(told["switch"].append, ("close",))
    switch.open_func(told["switch"].append, ("open",))
    call = PinCall(pins[3], cb_fall=lambda: told["call"].append("fall"), cb_rise=lambda: told["call"].append("rise"))

    async def events():
        any_of = WaitAny((e.press, e.release, e.double, e.long))
        names = {e.press: "press", e.release: "release", e.double: "double", e.long: "long"}
        while True:
            which = await any_of.wait()
            which.clear()
            told["e"].append(names[which])

    follower = asyncio.create_task(events())
    times = (30, 150, 250, 100, 30, 20, 30, 150)
    await asyncio.gather(*[play(out, times) for out in outs[:3]], play_once(outs[3]))
    follower.cancel()
    for one in (e, push, switch, call):
        one.deinit()
    for name in ("e", "push", "switch", "call"):
        print(" ".join(told[name]))
    for out in outs:  # nobody listens any more
        out(0)
        out(1)
    await asyncio.sleep_ms(100)


async def play_once(out):
    for level in (0, 1, 0, 1):
        out(level)
        await asyncio.sleep_ms(10)


asyncio.run(main())
"""


@SEEDS
def test_buttons_and_switches_at_real_pins_at_the_same_time(printed, seed):
    assert printed(BUTTONS, seed) == [
        "press release long release double release",
        "press release press long release press release press double release",
        "close open close open close open close open",
        "fall rise fall rise",
    ]
