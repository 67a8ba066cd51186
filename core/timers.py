"""A heap of timers: what falls due next, in O(log n), first come first served among equals.

For the scheduler's own use, on its own thread; user code sleeps, or waits with a timeout. This is the plain twin, used on
MicroPython and uncompiled: an intrusive heap, in which a Timer knows its slot, so that one that is cancelled leaves at
once and nothing is allocated but what more timers than ever before need: a list that is emptied with `pop` shrinks, and
would be allocated anew as it grows. `timers.pyx` is the same for CPython, in C.
"""


class Timer:
    """Something due at a time. `when` is in the clock's units, `slot` its place in the heap (-1: in none)."""

    def __init__(self):
        self.when = 0
        self.order = 0
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
        self.heap = []  # then None up to its end
        self.count = 0
        self.arrivals = 0

    def push(self, timer, when):
        """Add `timer`, due at `when`; at 0 if that is less."""
        if when < 0:
            when = 0
        timer.when = when
        timer.order = self.arrivals
        self.arrivals += 1
        heap = self.heap
        slot = self.count
        self.count = slot + 1
        if slot == len(heap):
            heap.append(timer)
        self._rise(slot, timer)
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
        slot = timer.slot
        timer.slot = -1
        end = self.count = self.count - 1
        last = heap[end]
        heap[end] = None
        if last is not timer:
            self._rise(self._sink(slot), last)
        self.due = heap[0].when if end else -1

    def expire(self, now, fresh=True):
        """Take out what is due at `now` and call its `expire()`, in order.

        If not `fresh`, up to the first that has patience and has not settled.
        """
        while 0 <= self.due <= now:
            timer = self.heap[0]
            if not fresh and timer.order >= self.settled and timer.has_patience():
                break
            self.remove(timer)
            timer.expire()

    def rebase(self, by):
        """Make every time `by` less and number the arrivals afresh; keeps both small integers on a board."""
        heap = self.heap
        del heap[self.count :]
        heap.sort(key=_due)  # a sorted list is a heap
        self.arrivals = 0
        for timer in heap:
            timer.when -= by
            timer.order = timer.slot = self.arrivals
            self.arrivals += 1
        if heap:
            self.due = heap[0].when

    def __len__(self):
        return self.count

    def _rise(self, slot, timer):
        """Put `timer` in at the free `slot`, or above it if it is due before its parents."""
        heap = self.heap
        when = timer.when
        order = timer.order
        while slot > 0:
            up = (slot - 1) >> 1
            parent = heap[up]
            if parent.when < when or (parent.when == when and parent.order < order):
                break
            heap[slot] = parent
            parent.slot = slot
            slot = up
        heap[slot] = timer
        timer.slot = slot

    def _sink(self, slot):
        """Fill the free `slot` from below, down to a leaf; return the leaf's slot, free now.

        The last timer of the heap is then put in there and rises: fewer comparisons than sinking it, since it came
        from the bottom and mostly belongs there.
        """
        heap = self.heap
        end = self.count
        down = 2 * slot + 1
        while down < end:
            child = heap[down]
            if down + 1 < end:
                other = heap[down + 1]
                if other.when < child.when or (other.when == child.when and other.order < child.order):
                    down += 1
                    child = other
            heap[slot] = child
            child.slot = slot
            slot = down
            down = 2 * slot + 1
        return slot


def _due(timer):
    return timer.when, timer.order  # both: sort is not stable on MicroPython
