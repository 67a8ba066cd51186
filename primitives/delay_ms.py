"""Delay_ms: a software watchdog. Something happens when it has not been triggered for so long.

    delay = Delay_ms(reset_motor, (), duration=500)
    pin.irq(lambda _: delay.trigger())
"""

from ..core.context import check_context, get_event_loop
from ..core.event import Event
from ..core.native import MICROPYTHON
from ..core.timers import Timer
from ..core.times import ms_units
from ..threadsafe.bottom_half import BottomHalf
from .durations import LONGEST, check_ms
from .launching import check_call, launch

if MICROPYTHON:
    from time import ticks_diff, ticks_ms


class Delay_ms:
    """Calls `func(*args)` when `duration` milliseconds have passed since it was last triggered.

    | method | who may call | blocks | allocates on MicroPython |
    |---|---|---|---|
    | `trigger(duration=0)`, `stop()` | any context, hard ISR included | never | nothing |
    | `running()`, calling it, `rvalue()` | any context | never | nothing |
    | `callback`, `set`, `clear`, `deinit`, making it | tasks of one loop, or before it runs | never | |
    | `await wait()` | tasks of the loop | until the time is up | |

    `trigger` while it runs begins anew, sooner or later than before. Of several `trigger` and `stop` the last counts.
    When the time is up the event is set, which stays so until `clear` or `stop`, and `func` is called in a task; if it
    is a coroutine function that task runs it, and `rvalue()` is that Task. It may be stopped, triggered or ended in its
    own callback. There is no task while nothing happens, and no flag to poll.
    """

    def __init__(self, func=None, args=(), duration=1000):
        check_ms("duration", duration)
        if func is not None:
            check_call(func, args)
        self._func = func
        self._args = args
        self._duration = duration
        self._value = None
        self._event = None
        self._command = _Command(get_event_loop(), self)

    def callback(self, func=None, args=()):
        """Call `func(*args)` from now on; None: nothing but the event. TypeError for what can't be called."""
        if func is not None:
            check_call(func, args)
        self._func = func
        self._args = args

    def trigger(self, duration=0):
        """Begin, or begin anew, to wait `duration` ms; 0 or less: as long as was said when it was made.

        RuntimeError after `deinit`, ValueError for what is no time.
        """
        command = self._command  # looked at once: deinit() may come between, if this is another context
        if command is None:
            raise RuntimeError("this Delay_ms was ended by deinit()")
        if type(duration) is not int or (not MICROPYTHON and duration > LONGEST):
            check_ms("duration", duration, None)
        self._value = None
        command.give(duration if duration > 0 else self._duration)

    def stop(self):
        """Do not wait any more: nothing happens until the next `trigger`. The event is cleared, as upstream's."""
        command = self._command
        if command is not None:
            command.due.calls = 0  # nor is a callback begun whose time was up a moment ago
            command.give(-1)
            if self._event is not None:
                self._event.state = False  # one store, which any context may do

    def running(self):
        """Whether it was triggered, and neither stopped nor is its time up."""
        command = self._command
        return command is not None and command.running

    __call__ = running

    def rvalue(self):
        """What `func` returned, or the Task that runs it; None until the time is up, from `trigger` on."""
        return self._value

    def wait(self):
        """Awaitable: until the time is up, or was since the last `clear`. RuntimeError if it was ended before that."""
        event = self._happened()
        if self._command is not None:
            check_context(self._command.loop, "Delay_ms.wait()")
        if self._command is None and not event.is_set():
            raise RuntimeError("this Delay_ms was ended by deinit()")
        return event.wait()

    def is_set(self):
        """Whether the time was up since the last `clear`."""
        return self._event is not None and self._event.is_set()

    def set(self):
        """Set the event, as if the time was up."""
        self._happened().set()

    def clear(self):
        """Forget that it was."""
        if self._event is not None:
            self._event.clear()

    def deinit(self):
        """End it: nothing is left behind. Who waits for it gets a RuntimeError; a callback that runs goes on.

        Again: nothing happens.
        """
        command = self._command
        if command is not None:
            command.end()
            self._command = None
            if self._event is not None:
                waiters, self._event.waiters = self._event.waiters, None
                for task in waiters or ():
                    task.queue.fail(task, RuntimeError("this Delay_ms was ended by deinit()"))

    def _happened(self):
        if self._event is None:
            self._event = Event()
        return self._event

    def time_is_up(self, loop):
        """Of `_Due`: on the loop."""
        if self._func is not None:
            due = self._command.due
            due.calls += 1
            loop.create_task(self._call(due))  # first: who waits finds what it returned
        self._happened().set()

    async def _call(self, due):
        if due.calls and self._func is not None:
            due.calls -= 1
            self._value = launch(self._func, self._args)


class _Command(BottomHalf):
    """The last `trigger` or `stop`, until the loop sees to it. Each of its fields is written by who calls those."""

    def __init__(self, loop, delay):
        BottomHalf.__init__(self, None, loop)
        self.duration = -1  # ms; -1: stop
        self.at = 0  # when it was given
        self.running = False
        self.due = _Due(delay)
        self.seen_at = self.seen = -2  # the command that was seen to last: of two rings for one the second is none

    def give(self, duration):
        """Any context."""
        self.at = ticks_ms() if MICROPYTHON else self.loop.clock.now()
        self.duration = duration
        self.running = duration >= 0
        self.ring()

    def run(self):
        due = self.due
        loop = self.loop
        duration = self.duration
        at = self.at
        if duration == self.seen and at == self.seen_at:
            return
        self.seen = duration
        self.seen_at = at
        if due.slot >= 0:
            loop.timers.remove(due)
        self.running = duration >= 0
        if self.running:
            now = loop.clock.now()
            passed = ticks_diff(ticks_ms(), at) if MICROPYTHON else now - at
            loop.timers.push(due, now - passed + (ms_units(duration) or 1))

    def end(self):
        """On the loop."""
        check_context(self.loop, "Delay_ms.deinit()")
        due = self.due
        due.calls = 0
        self.duration = -1
        self.running = False
        self.stop()
        if due.slot >= 0:
            self.loop.timers.remove(due)


class _Due(Timer):
    """When the time is up."""

    def __init__(self, delay):
        Timer.__init__(self)
        self.delay = delay
        self.calls = 0  # how often it was up, and the task has not begun that calls the function

    def expire(self):
        delay = self.delay
        command = delay._command
        if command is None or command.duration < 0:  # stopped since
            return
        if command.at != command.seen_at or command.duration != command.seen:  # triggered since: `answer` comes
            return
        command.running = False
        delay.time_is_up(command.loop)
