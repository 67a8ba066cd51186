"""What a primitive costs a board, in bytes of heap on the 64-bit unix port: not more than upstream's, where it has one.

Upstream: Event and Lock 96, Semaphore 160, Condition and Barrier 224, Queue 480, Delay_ms 800, Switch 288, Pushbutton
384 and 800 for each of a long press and a double click, EButton 2624. On a 32-bit board it is half. No promise, but who
makes it more should know.
"""

import gc

import pytest

from pins import Pin
from support import RP2, run

pytestmark = [pytest.mark.micropython, pytest.mark.rp2040(seeds=1)]

PINS = []


def pin():
    """A stand-in for a machine.Pin, which is there already."""
    PINS.append(PINS.pop(0))
    return PINS[-1]


def level(value=None):
    """A pin that does not interrupt."""
    return 1


def nothing(*args):
    """A callback."""


def with_functions(device, *names):
    for name in names:
        getattr(device, name + "_func")(nothing)
    return device


KINDS = {
    "Event": (96, lambda core, primitives: core.Event()),
    "Lock": (96, lambda core, primitives: core.Lock()),
    "Semaphore": (96, lambda core, primitives: primitives.Semaphore()),
    "BoundedSemaphore": (128, lambda core, primitives: primitives.BoundedSemaphore()),
    "Condition": (160, lambda core, primitives: primitives.Condition()),
    "Barrier": (224, lambda core, primitives: primitives.Barrier(2)),
    "Queue": (480, lambda core, primitives: primitives.Queue()),
    "RingbufQueue of 10": (640, lambda core, primitives: primitives.RingbufQueue(10)),
    "Delay_ms": (384, lambda core, primitives: primitives.Delay_ms(nothing)),
    "MillisecTimer": (224, lambda core, primitives: primitives.MillisecTimer()),
    "WaitAny of 2": (96, lambda core, primitives: primitives.WaitAny((EVER, EVER))),
    "Broker": (224, lambda core, primitives: primitives.Broker()),
    "Switch": (256, lambda core, primitives: primitives.Switch(pin())),
    "Switch, 2 functions": (288, lambda core, primitives: with_functions(primitives.Switch(pin()), "close", "open")),
    "ESwitch": (480, lambda core, primitives: primitives.ESwitch(pin())),
    "ESwitch, polled": (512, lambda core, primitives: primitives.ESwitch(level)),
    "Pushbutton": (384, lambda core, primitives: primitives.Pushbutton(pin())),
    "Pushbutton, a function": (416, lambda core, primitives: with_functions(primitives.Pushbutton(pin()), "press")),
    "Pushbutton, 4 functions": (
        672,
        lambda core, primitives: with_functions(primitives.Pushbutton(pin()), "press", "release", "double", "long"),
    ),
    "EButton": (1056, lambda core, primitives: primitives.EButton(pin())),
    "Encoder": (416, lambda core, primitives: primitives.Encoder(pin(), pin())),
    "Encoder, callback and limits": (
        576,
        lambda core, primitives: primitives.Encoder(pin(), pin(), div=4, vmin=0, vmax=9, callback=nothing),
    ),
    "Keyboard": (1024, lambda core, primitives: primitives.Keyboard(ROWS, COLUMNS)),
    "SwArray": (1024, lambda core, primitives: primitives.SwArray(ROWS, COLUMNS, 15)),
    "AADC": (128, lambda core, primitives: primitives.AADC(EVER)),
    "LED_async": (128, lambda core, primitives: primitives.LED_async(nothing)),
    "AsyncPin": (416, lambda core, primitives: primitives.AsyncPin(pin())),
    "PinCall": (1280, lambda core, primitives: primitives.PinCall(pin(), cb_rise=nothing)),
    "WaitAll of 2": (96, lambda core, primitives: primitives.WaitAll((EVER, EVER))),
    "ELO of a Task": (64, lambda core, primitives: primitives.ELO(core.current_task())),
    "LifoQueue": (480, lambda core, primitives: primitives.LifoQueue()),
    "PriorityQueue": (480, lambda core, primitives: primitives.PriorityQueue()),
}


class Ever:
    """Stands in for what is waited for, and for an ADC."""

    def wait(self):
        raise NotImplementedError

    def read_u16(self):
        return 0


EVER = Ever()
ROWS = [lambda level: None, lambda level: None]
COLUMNS = [lambda: 1, lambda: 1]
COUNT = 20


@pytest.mark.parametrize("name", sorted(KINDS))
def test_what_one_costs(core, primitives, name):
    limit, make = KINDS[name]
    kind = name.split(" ")[0].rstrip(",")
    hasattr(core, kind) or hasattr(primitives, kind)  # loads it: from within a task it takes much of a board's stack

    async def main():
        PINS.extend(Pin() for _ in range(2 * COUNT - len(PINS)))
        kept = [None] * COUNT
        for _ in range(2):  # the first time with what is loaded for it, and the growth of the loop's lists
            gc.collect()
            before = gc.mem_alloc()
            for n in range(COUNT):
                kept[n] = make(core, primitives)
            await core.sleep(0)  # the task of a PinCall comes to where it waits
            gc.collect()
            cost = (gc.mem_alloc() - before) / COUNT * (2 if RP2 else 1)
            for n in range(COUNT):
                if hasattr(kept[n], "deinit"):
                    kept[n].deinit()
                kept[n] = None
            await core.sleep(0)  # it ends
        print(name, cost)
        assert cost <= limit

    run(core, main)
