"""heartbeat: an LED that flashes for as long as the loop gives each task its turn. For tasks of one loop."""

from ..core.sleep import sleep_ms
from .arguments import check_time


def heartbeat(ms, led=None):
    """A coroutine, for `create_task`: switch `led` over each `ms` milliseconds until it is cancelled, then off.

    led: what `toggle()` switches over, as a machine.Pin or a pyb.LED does, or else what is called with 1 or 0; None:
    the LED of the board. Raises ValueError for less than 1 ms, TypeError for what is no LED, RuntimeError
    where none of the board is known.
    """
    check_time("the time between two changes of an LED", ms, "ms", 1)
    if not (led is None or callable(led) or hasattr(led, "toggle")):
        raise TypeError("led is a machine.Pin, or what can be called, not " + repr(led))
    return _flash(ms, _led_of_board() if led is None else led)


def _led_of_board():
    try:
        from pyb import LED

        return LED(1)
    except ImportError:
        pass
    try:
        from machine import Pin

        return Pin("LED", Pin.OUT)
    except (ImportError, ValueError, TypeError):  # ports have no pin of that name, or none by a name
        text = "this board names no LED of its own: give one, as in heartbeat(500, Pin(2, Pin.OUT))"
        raise RuntimeError(text) from None


async def _flash(ms, led):
    on = False
    try:
        while True:
            on = not on
            if hasattr(led, "toggle"):
                led.toggle()
            else:
                led(1 if on else 0)
            await sleep_ms(ms)
    finally:
        if hasattr(led, "off"):
            led.off()
        else:
            led(0)
