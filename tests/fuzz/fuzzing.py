"""What runs all fuzzers: which there are, and inputs from a seed. `guided` has those that coverage leads to."""

import faulthandler
import importlib
import random
import sys
from pathlib import Path

PARSERS = ("nmea", "pmtk", "nec", "i2c_link", "syncom", "cron")
FUZZERS = (*PARSERS, "channel", "i2c_session")
HANG = 60  # s, for one input: as a rule far more than any takes, on a busy machine too
STEP = 500  # inputs between two looks


class Found(Exception):
    """An input that a fuzzer fails at. `data`: that input."""

    def __init__(self, name, data):
        super().__init__(f"{name}: repeat it with check({data!r})")
        self.data = data


def load(name):
    """The fuzzer's module."""
    portable = str(Path(__file__).parents[1] / "portable")
    if portable not in sys.path:
        sys.path.append(portable)
    return importlib.import_module(f"{__package__}.{name}")


def seeded(name, count, seed=1, progress=None, hang=HANG):
    """Check so many inputs; `progress(n)` is told how many there were. Returns their number.

    Raises Found. If `progress` is given, and one takes `hang` seconds, the process ends with a traceback: tests have
    their own limit.
    """
    fuzzer = load(name)
    rng = random.Random(seed)
    try:
        for n in range(count):
            if progress is not None and n % STEP == 0:
                progress(n)
                faulthandler.dump_traceback_later(hang, exit=True, file=sys.__stderr__)
            data = fuzzer.made(rng)
            try:
                fuzzer.check(data)
            except Exception as exc:
                raise Found(name, data) from exc
    finally:
        if progress is not None:
            faulthandler.cancel_dump_traceback_later()
    return count
