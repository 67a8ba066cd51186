"""LED_async: a lamp that is switched by tasks, and flashes by itself.

    led = LED_async(Pin(25, Pin.OUT))
    led.flash(2)
"""

from ..core.context import create_task
from ..core.sleep import sleep_ms
from .calling import end

FASTEST = 500  # Hz: the lamp changes each millisecond


class LED_async:
    """`led`: a machine.Pin, Signal or pyb.LED, or a function that is called with 0 or 1. TypeError if it is none.

    It is left as it is at first. There is a task while it flashes, and only then. All methods are for tasks of one
    loop; after `deinit`, which leaves the lamp as it is, the others raise RuntimeError.
    """

    def __init__(self, led):
        self._methods = hasattr(led, "on") and hasattr(led, "off")
        if not self._methods and not callable(led):
            raise TypeError("a lamp is a Pin, a Signal, a pyb.LED or a function of 0 or 1, not " + repr(led))
        self._led = led
        self._lit = bool(led()) if self._methods and callable(led) else False
        self._rate = 0
        self._task = None
        self._ended = False

    def on(self):
        """Light it, and flash no more."""
        self._set(True)

    def off(self):
        """Put it out, and flash no more."""
        self._set(False)

    def toggle(self):
        """Light it if it is dark, else put it out; and flash no more."""
        self._set(not self._lit)

    def flash(self, rate):
        """Flash `rate` times a second, at most 500, beginning with a change now. 0: no more, and stay as it is.

        The rate that it has already changes nothing. ValueError for others.
        """
        self._check()
        if not isinstance(rate, (int, float)) or not 0 <= rate <= FASTEST:
            raise ValueError("a lamp flashes 0 to 500 times a second, not " + repr(rate))
        if rate != self._rate or (rate and self._task.done()):
            self._stop()
            if rate:
                self._rate = rate
                self._task = create_task(self._flash(1000 / rate / 2))

    def deinit(self):
        """End it. Again: nothing happens."""
        self._stop()
        self._ended = True

    def _set(self, lit):
        self._check()
        self._stop()
        self._show(lit)

    def _show(self, lit):
        if not self._methods:
            self._led(1 if lit else 0)
        elif lit:
            self._led.on()
        else:
            self._led.off()
        self._lit = lit

    def _stop(self):
        self._rate = 0
        task, self._task = self._task, None
        if task is not None:
            end(task)

    async def _flash(self, half):
        """Change it each `half` ms, on the average exactly."""
        late = 0.0
        me = self._task
        while True:
            self._show(not self._lit)
            if self._task is not me:  # a lamp that is a function has ended the flashing
                break
            wait = int(half + late)
            late += half - wait
            await sleep_ms(wait)

    def _check(self):
        if self._ended:
            raise RuntimeError("this LED_async was ended by deinit()")
