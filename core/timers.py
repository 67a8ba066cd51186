"""The timers of a scheduler: what falls due next, first come first served among equals.

For the scheduler's own use, on its own thread; user code sleeps, or waits with a timeout. This is the plain twin, used on
MicroPython and uncompiled: a sorted list, for which a board has little code and moves in C, a word a timer. A Timer knows
what it is sorted by, so one that is cancelled leaves at once. Nothing is allocated but what more timers than ever before
need. `timers.pyx` is a heap, in C, for CPython.
"""


class Timer:
    """Something due at a time. `when` is in the clock's units, `slot` its number, of those that came (-1: in no heap)."""

    def __init__(self):
        self.when = 0
        self.slot = -1

    def expire(self):
        """The scheduler calls this when the time has come."""
        raise NotImplementedError

    def has_patience(self):
        """Whether it may expire a pass later, behind what was ready before it began."""
        return False


class TimerHeap:
    """Timers by (`when`, order of arrival). A timer can be in one heap only. `due` is when the first is due, -1: none."""

    def __init__(self):
        self.due = -1
        self.settled = 0  # those that arrived before this one did were there when the last pass began; see Loop.collect
        self.heap = []  # by (when, slot); then None up to its end
        self.count = 0
        self.arrivals = 0

    def push(self, timer, when):
        """Add `timer`, due at `when`; at 0 if that is less."""
        if when < 0:
            when = 0
        timer.when = when
        timer.slot = self.arrivals
        self.arrivals += 1
        heap = self.heap
        place = self._place(timer)
        if self.count < len(heap):
            heap.pop()  # a None, for an insert makes the list longer
        heap.insert(place, timer)
        self.count += 1
        self.due = heap[0].when

    def pop(self):
        """Take and return the timer that is due first. Raises IndexError if there is none."""
        if not self.count:
            raise IndexError("no timer")
        first = self.heap[0]
        self.remove(first)
        return first

    def remove(self, timer):
        """Take `timer` out. It must be in this heap."""
        heap = self.heap
        place = 0 if timer is heap[0] else self._place(timer)
        timer.slot = -1
        heap.pop(place)
        heap.append(None)
        self.count -= 1
        self.due = heap[0].when if self.count else -1

    def expire(self, now, fresh=True):
        """Take out what is due at `now` and call its `expire()`, in order.

        If not `fresh`, up to the first that has patience and has not settled.
        """
        while 0 <= self.due <= now:
            timer = self.heap[0]
            if not fresh and timer.slot >= self.settled and timer.has_patience():
                break
            self.remove(timer)
            timer.expire()

    def rebase(self, by):
        """Make every time `by` less and number the arrivals afresh; keeps both small integers on a board."""
        self.arrivals = 0
        while self.arrivals < self.count:
            timer = self.heap[self.arrivals]
            timer.when -= by
            timer.slot = self.arrivals
            self.arrivals += 1
        if self.count:
            self.due = self.heap[0].when

    def __len__(self):
        return self.count

    def _place(self, timer):
        """How many others go before `timer`."""
        heap = self.heap
        when = timer.when
        low = 0
        high = self.count
        while low < high:
            middle = (low + high) >> 1
            other = heap[middle]
            if other.when < when or (other.when == when and other.slot < timer.slot):
                low = middle + 1
            else:
                high = middle
        return low
