"""A heap of timers: what falls due next, in O(log n), first come first served among equals.

For the scheduler's own use, on its own thread; user code sleeps, or waits with a timeout. The heap is intrusive: a
Timer knows its slot, so that one that is cancelled leaves at once and nothing is allocated but the list's growth.
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


class TimerHeap:
    """Timers by (`when`, order of arrival). A timer can be in one heap only."""

    def __init__(self):
        self.heap = []
        self.arrivals = 0

    def push(self, timer, when):
        """Add `timer`, due at `when`."""
        timer.when = when
        timer.order = self.arrivals
        self.arrivals += 1
        self.heap.append(timer)
        self._rise(len(self.heap) - 1, timer)

    def pop(self):
        """Take and return the timer that is due first. Raises IndexError if there is none."""
        first = self.heap[0]
        self.remove(first)
        return first

    def remove(self, timer):
        """Take `timer` out. It must be in this heap."""
        heap = self.heap
        slot = timer.slot
        timer.slot = -1
        last = heap.pop()
        if last is not timer:
            self._rise(self._sink(slot), last)

    def rebase(self, by):
        """Make every time `by` less and number the arrivals afresh; keeps both small integers on a board."""
        heap = self.heap
        heap.sort(key=_due)  # a sorted list is a heap
        self.arrivals = 0
        for timer in heap:
            timer.when -= by
            timer.order = timer.slot = self.arrivals
            self.arrivals += 1

    def __len__(self):
        return len(self.heap)

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
        end = len(heap)
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
