"""Many programs at once: in the order given, few where there is room for few, and all ended when nobody wants more."""

import contextlib
import sys
import threading

import pytest

from twincore.desktop.ontarget.collecting import collect
from twincore.desktop.ontarget.places import Place, Prepared
from twincore.desktop.ontarget.programs import stage
from twincore.desktop.ontarget.session import Session, Unit
from twincore.desktop.process import Command

pytestmark = [pytest.mark.cpython, pytest.mark.timeout(30)]


class OwnPlace(Place):
    """Runs what it is told instead of the program, and notes how many do at once."""

    name = "own"

    def __init__(self, code, slots=None):
        self.code, self.slots = code, slots
        self.lock, self.now, self.most, self.begun = threading.Lock(), 0, 0, threading.Event()

    @contextlib.contextmanager
    def prepare(self, program):
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        try:
            self.begun.set()
            yield Prepared(Command([sys.executable, "-c", self.code]), None)
        finally:
            with self.lock:
                self.now -= 1


@pytest.fixture
def session():
    made = []

    def make(**options):
        made.append(Session(**options))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def script(file):
    return stage(collect(file("print(1)\n")))


@pytest.mark.parametrize(("slots", "workers", "most"), [(None, 3, 3), (None, 1, 1), (1, 3, 1)])
def test_as_many_run_at_once_as_there_is_room_for(session, script, slots, workers, most):
    place = OwnPlace("import time; time.sleep(0.2)", slots)
    running = session(workers=workers)
    units = [Unit(script, place, script.file.cases) for _ in range(3)]
    for unit in units:
        running.run(unit)
    assert [running.result(unit, unit.cases[0]).outcome for unit in units] == ["passed"] * 3
    assert place.most <= most and (most == 1 or place.most > 1)


def test_to_close_ends_what_runs_and_what_waits(session, script):
    place = OwnPlace("import time; time.sleep(1000)")
    running = session(workers=1)
    for _ in range(3):
        running.run(Unit(script, place, script.file.cases))
    assert place.begun.wait(10)
    running.close()
    assert place.now == 0 and place.most == 1


def test_what_is_wrong_with_this_machine_is_raised_where_the_result_is_wanted(session, script):
    class Broken(OwnPlace):
        def prepare(self, program):
            raise FileNotFoundError("no such program")

    unit = Unit(script, Broken(""), script.file.cases)
    running = session()
    running.run(unit)
    with pytest.raises(FileNotFoundError, match="no such program"):
        running.result(unit, unit.cases[0])
