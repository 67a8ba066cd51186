"""The inbox of a loop: calls on their way to it from any context. See `calls`, for which it is.

A call is put in, then the loop's bell is rung; the loop takes the calls out at its next turn, in order.
"""

from ..core.cell import Cell
from ..core.errors import CancelledError, WrongContextError
from ..core.lazy import load
from ..core.loop import Loop
from ..core.native import MICROPYTHON, fence

if MICROPYTHON:
    from .critical import enter, leave
else:
    from collections import deque
    from contextvars import copy_context
    from weakref import WeakKeyDictionary

    _first = WeakKeyDictionary()  # Loop -> Inbox; `setdefault` is one atomic operation of a dict


class LoopClosed(RuntimeError):
    """The loop was closed before it came to the call, which was not made and will not be."""


class Inbox(Cell):
    """The calls on their way to one loop. `push`: any context but a hard ISR; all else: the loop's thread.

    On MicroPython a chain of nodes [next, call], of which `_first` was taken already. A call stays in its node until
    the next is taken: the collector would free in use what left it for a stack that it has scanned already.
    """

    def __init__(self, bell):
        self.rung = False
        self.bell = bell
        self.started = {}  # TaskHandles whose task has not ended
        if MICROPYTHON:
            self._first = self._last = [None, None]
        else:
            self._calls = deque()

    def push(self, call):
        """Put `call` in and ring. It is dropped if the loop is closed."""
        if MICROPYTHON:
            node = [None, call]
            state = enter()
            try:
                self._last[0] = node
                self._last = node
            finally:
                leave(state)
        else:
            self._calls.append(call)
        # Who closes the loop notes that, then takes what is here: whatever the order, it or this finds the call.
        if call.loop.closed and call.claim():
            call.drop()
        self.bell.ring(self)

    def take(self):
        """The oldest call, None if there is none."""
        if not MICROPYTHON:
            return self._calls.popleft() if self._calls else None
        taken = self._first
        node = taken[0]
        if node is None:
            return None
        taken[1] = None
        self._first = node
        return node[1]

    def newest(self):
        """The call that was put in last, None if there is none."""
        if not MICROPYTHON:
            return self._calls[-1] if self._calls else None
        last = self._last
        return None if last is self._first else last[1]

    if MICROPYTHON:

        def answer(self):
            # The ring used up the arming. As in a BottomHalf no jump comes before it is armed again; who puts a call in
            # from there on rings for the next turn.
            try:
                self.bell.arm(self)
                fence()
                self._make_calls()
            except BaseException:  # a call ended the run, or Ctrl-C came anywhere here: what is left is for the next
                self.bell.disarm(self)
                self.bell.arm(self)
                self.bell.ring(self)
                raise

    else:

        def answer(self):
            try:
                self._make_calls()
            except BaseException:  # a call ended the run: what is left is for the next
                self.bell.ring(self)
                raise

        def forked(self):
            """In the child of a fork: fail what is here, for the loop is the parent's, which makes these calls."""
            while self._calls:
                call = self._calls.popleft()
                if call.claim():
                    try:
                        call.drop()
                    except LoopClosed:
                        pass  # which nobody here waits for

    def _make_calls(self):
        """Those that are here by now: what they themselves put in is for the next turn."""
        last = self.newest()
        if last is None:
            return
        call = None
        while call is not last:
            call = self.take()
            if call.claim():
                call.run()

    def run_ended(self):
        """The loop's run has ended: let who waits for its tasks look again, see TaskHandle.outcome."""
        for handle in list(self.started):
            handle.line.notify_all()

    def close(self):
        """The loop is closed: fail what it did not come to."""
        if MICROPYTHON:
            fence()
        call = self.take()
        while call is not None:
            if call.claim():
                try:
                    call.drop()
                except LoopClosed as exc:
                    call.report_error("A call from another context was dropped", exc)
            call = self.take()


class Call:
    """A function on its way to a loop. `cancel()` and `cancelled()`: any context but a hard ISR."""

    def __init__(self, loop, fn, args):
        if not isinstance(loop, Loop):
            raise TypeError("a Loop and what it is to do are expected, not " + load("misuse", "describe")(loop))
        self.loop = loop
        if loop.inbox is None:
            if MICROPYTHON:  # where a bell is armed by its owner only
                raise WrongContextError("this loop takes no calls yet: its own thread says open_for_calls(loop) first")
            make_inbox(loop)
        self.inbox = loop.inbox
        self.fn = fn
        self.args = args
        self.context = None if MICROPYTHON else copy_context()
        self._unclaimed = True if MICROPYTHON else [None]
        self._cancelled = False

    def claim(self):
        """Undertake to make the call, cancel it or drop it. True for the first who asks only. Any context."""
        if not MICROPYTHON:
            try:
                return self._unclaimed.pop() is None
            except IndexError:
                return False
        state = enter()
        try:
            first = self._unclaimed
            self._unclaimed = False
        finally:
            leave(state)
        return first

    def cancel(self):
        """Have it not made. Returns False if it is too late for that."""
        if self.claim():
            self.fn = self.args = None
            self._cancelled = True
        return self._cancelled

    def cancelled(self):
        """True if it was cancelled, and so not made."""
        return self._cancelled

    def run(self):
        """Make the call. Like `drop` once, by who claimed it, here the loop's thread."""
        try:
            if MICROPYTHON:
                self.fn(*self.args)
            else:
                self.context.run(self.fn, *self.args)
        except (Exception, CancelledError) as exc:
            self.report_error("A function called from another context failed", exc)
        self.fn = self.args = None

    def drop(self):
        """The loop is closed."""
        self.fn = self.args = None
        raise LoopClosed("the loop was closed before it made this call")

    def report_error(self, message, exc):
        self.loop.call_exception_handler({"message": message, "exception": exc, "future": self})


def make_inbox(loop):
    """Give `loop` an inbox. On MicroPython its own thread only."""
    inbox = Inbox(loop.bell)
    if MICROPYTHON:
        inbox.bell.arm(inbox)
        loop.inbox = inbox
    else:
        loop.inbox = _first.setdefault(loop, inbox)  # the same for all who come here at once
