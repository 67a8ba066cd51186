"""AsyncPin and PinCall: a task waits for an edge or a level of a pin; functions are called when its level changes.

    pin = AsyncPin(Pin(3, Pin.IN))
    await pin.wait_edge()

Every edge counts, those of a bouncing contact too: for buttons there are Switch and Pushbutton.
"""

from ..core.context import create_task, get_event_loop
from ..core.sleep import sleep_ms
from ..threadsafe.message import WRAP, Message
from .alarm import report
from .calling import call, end
from .durations import check_ms
from .launching import check_call
from .pin_irq import check_pin, interrupts, listen, silence

LOOKS = 3  # at a pin that changes all the while, before the last one is taken


class AsyncPin:
    """A pin that tasks wait for. Making it, and all of its methods, is for tasks of one loop.

    Args: pin; trigger, which edges count, `Pin.IRQ_RISING` or `Pin.IRQ_FALLING`, None: both; poll_ms, how often a pin
    is looked at that does not interrupt, while a task waits.
    Raises TypeError for what is no pin, ValueError for a trigger that can't be had and for a poll_ms below 1.

    An edge that comes while nobody waits is kept for the next `wait_edge`. Several tasks may wait, and all go on at
    the same edge. A cancelled wait takes nothing. After `deinit` all of it raises RuntimeError, in those who wait too.
    """

    def __init__(self, pin, trigger=None, *, poll_ms=10):
        if trigger is not None and not interrupts(check_pin(pin)):
            raise ValueError("a pin that does not interrupt is looked at now and then: leave trigger out")
        self._trigger = trigger
        self._edges = _Edges(pin, trigger, poll_ms)
        self._taken = self._edges.count()

    async def wait_edge(self):
        """Until there has been an edge since a `wait_edge` returned last. Returns how many there were."""
        taken = self._taken
        self._taken = count = await self._edges.more(taken)
        return (count - taken) & WRAP

    async def wait_level(self, level):
        """Until the pin is at `level`, true or false; at once if it is. Returns 0 or 1.

        A pulse that is over before the task has had its turn is none. ValueError if no edge that triggers leads there.
        """
        level = 1 if level else 0
        pin = self._edges.pin
        if self._trigger is not None and not self._trigger & (pin.IRQ_RISING if level else pin.IRQ_FALLING):
            raise ValueError("the trigger of this AsyncPin says nothing of edges to " + str(level))
        count = self._edges.count()  # before the look at the level: an edge after it ends the wait
        self._edges.check()
        while (1 if pin() else 0) != level:
            count = await self._edges.more(count)
        return level

    def deinit(self):
        """End it: no interrupt is left. Again: nothing happens."""
        self._edges.end()


class PinCall:
    """Calls `cb_rise(*cbr_args)` when the level of `pin` has gone up, `cb_fall(*cbf_args)` when it has gone down.

    They are called by a task, or run by one if they are coroutine functions; None: nothing is called. What they, or the
    pin, raise is reported by the loop's exception handler, and it goes on. A pulse that is over before the task has had
    its turn gives both calls; of several such there is one. poll_ms: how often a pin is looked at that does not
    interrupt.
    To be made by a task, or before the loop runs. TypeError for what is no pin or can't be called.
    """

    def __init__(self, pin, *, cb_rise=None, cbr_args=(), cb_fall=None, cbf_args=(), poll_ms=10):
        self._calls = (cb_fall, cbf_args), (cb_rise, cbr_args)  # by level
        for callback, args in self._calls:
            if callback is not None:
                check_call(callback, args)
        self._edges = edges = _Edges(pin, None, poll_ms)
        try:
            self._task = create_task(self._run(*edges.look()))
        except BaseException:
            edges.end()
            raise

    def deinit(self):
        """End it, also in a callback: no task is left, and no interrupt. Again: nothing happens."""
        task = self._task
        if task is not None:
            end(task)  # first of all: it refuses another context
            self._task = None
            self._edges.end()

    async def _run(self, count, level):
        edges = self._edges
        while self._task is not None:
            try:
                await edges.more(count)
                count, now = edges.look()
            except Exception as exc:  # of the pin
                if self._task is not None:
                    report(get_event_loop(), self, exc)
                    await edges.pause()
                continue
            if now == level:
                self._call(1 - level)
            level = now
            self._call(level)

    def _call(self, level):
        callback, args = self._calls[level]
        if callback is not None and self._task is not None:
            call(callback, args)


class _Edges:
    """Counts the edges of a pin: in an interrupt, or by looking at its level while somebody waits."""

    def __init__(self, pin, trigger, poll_ms):
        check_ms("poll_ms", poll_ms)
        self.pin = check_pin(pin)
        self._message = Message()  # what interrupts set; its number counts
        self._poll_ms = poll_ms
        self._level = 1 if pin() else 0  # when it was looked at last
        self._interrupts = interrupts(pin)
        self._ended = False
        if self._interrupts:
            listen(pin, self._message.set, trigger)

    def count(self):
        """Edges so far, modulo WRAP + 1."""
        if not self._interrupts and not self._ended:
            level = 1 if self.pin() else 0
            if level != self._level:
                self._level = level
                self._message.set()
        return self._message.sequence

    def look(self):
        """(edges so far, the level after them)."""
        for _ in range(LOOKS):
            count = self.count()
            level = 1 if self.pin() else 0
            if count == self.count():
                break
        return count, level

    async def more(self, count):
        """Until there are more or less edges than `count`; returns how many. RuntimeError if this is ended."""
        self.check()
        news = self._message.reader()
        while True:
            now = self.count()
            if now != count:
                return now
            if self._interrupts:
                await news.__anext__()
            else:
                await self.pause()
            self.check()

    async def pause(self):
        """Until it is time to look again at what does not interrupt."""
        await sleep_ms(self._poll_ms)

    def check(self):
        if self._ended:
            raise RuntimeError("this pin is listened to no more: deinit() was called")

    def end(self):
        if not self._ended:
            self._ended = True
            if self._interrupts:
                silence(self.pin)
            self._message.set()
