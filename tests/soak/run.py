"""Round after round, in all forms in turn, and what memory they keep."""

import os
import sys
import time

from . import rounds
from .forms import FORMS
from .ledger import Failure


def resident():
    """This process's memory in use, in MB; its peak where the system does not tell."""
    try:
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    except OSError:
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)


class Total:
    """One line of the table."""

    def __init__(self):
        self.rounds = self.items = self.dropped = self.cancels = self.timeouts = self.early = 0
        self.seconds = 0.0
        self.count = 2000  # items to plan for the next round

    def add(self, round_, seconds):
        self.rounds += 1
        self.items += round_.ledger.taken()
        self.dropped += round_.queue.dropped
        self.seconds += seconds
        self.cancels += round_.actors.cancels
        self.timeouts += round_.actors.timeouts
        self.early += round_.early
        if self.seconds:
            moved = self.items + self.dropped
            self.count = min(1_000_000, max(1000, int(moved / self.seconds * rounds.ROUND)))


class Soak:
    """Rounds until `items` were moved or `seconds` have passed, one at least. `totals`: (form's name, kind) -> Total.

    `lines`, (form, kind): all by default.
    """

    def __init__(self, core, threadsafe, items, seconds=None, seed=1, lines=None, make_queue=rounds.make_queue):
        self.library = core, threadsafe
        self.make_queue = make_queue
        self.items = items
        self.end = None if seconds is None else time.monotonic() + seconds
        self.seed = seed
        self.moved = 0
        self.lines = [(form, kind) for form in FORMS for kind in form.kinds] if lines is None else lines
        self.totals = {(form.name, kind): Total() for form, kind in self.lines}
        self.memory = []  # after each turn of all lines, in MB

    def over(self):
        return self.moved >= self.items or (self.end is not None and time.monotonic() >= self.end)

    def run(self, show=lambda: None):
        """Return when it is over; `show()` is called after each round. Failure, with the round's seed, ends it."""
        while True:
            for form, kind in self.lines:
                self.play(form, kind)
                show()
                if self.over():
                    return
            self.memory.append(resident())

    def play(self, form, kind):
        total = self.totals[form.name, kind]
        self.seed += 1
        round_ = rounds.Round(*self.library, form, kind, total.count, self.seed, self.make_queue)
        begin = time.monotonic()
        try:
            round_.play()
            round_.check()
        except Exception as error:
            raise Failure(f"{form.name}, {kind}, seed {self.seed}, {total.count} items: {error!r}") from error
        total.add(round_, time.monotonic() - begin)
        self.moved += round_.ledger.taken()

    def growth(self):
        """By how many MB memory grew from the end of a warm-up to the end; None if it was too short to say."""
        warm = max(3, len(self.memory) // 5)
        return None if len(self.memory) < 2 * warm else self.memory[-1] - self.memory[warm]

    def check_growth(self, most):
        """Failure if memory grew by more than `most` MB."""
        grown = self.growth()
        if grown is not None and grown > most:
            raise Failure(f"memory grew by {grown:.1f} MB")
