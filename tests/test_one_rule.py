"""The one rule, in the source: interrupts and threads of primitives and drivers touch nothing of the scheduler but
through threadsafe. At run time WrongContextError says the same: see tests/primitives/test_contexts.py."""

from pathlib import Path

import pytest

from one_rule import Program

ROOT = Path(__file__).parent.parent
FOLDERS = ("primitives", "drivers")


def check_planted(text, **others):
    """The breaches in a module of drivers with this text."""
    sources = {f"drivers.{name}": source for name, source in others.items()}
    return Program({"drivers.planted": text, **sources}).check()


@pytest.fixture(scope="module")
def program():
    files = [file for folder in FOLDERS for file in sorted((ROOT / folder).glob("*.py"))]
    return Program({f"{file.parent.name}.{file.stem}": file.read_text() for file in files})


def test_no_interrupt_and_no_thread_touches_the_scheduler(program):
    assert [tuple(breach) for breach in program.check()] == []


def test_the_interrupts_and_threads_that_there_are_have_been_found(program):
    program.check()
    known = {
        "primitives.edges:Edges.happened", "primitives.encoder:_Contacts.moved", "drivers.nec_ir:NEC_IR._edge",
        "drivers.clocked_line:ClockedLine._edge", "drivers.clocked_line:ClockedLine._answer",
        "drivers.polled:Polled._once",
    }  # fmt: skip
    assert known <= set(program.foreign)


HEAD = """
import micropython
import _thread
from ..core import ThreadSafeFlag
from ..core.context import create_task, get_event_loop
from ..core.event import Event
from ..core.queue_errors import QueueFull
from ..threadsafe.bottom_half import BottomHalf
from ..threadsafe.queue import ThreadSafeQueue

class Device:
    def __init__(self, pin, loop, timer):
        self.flag = ThreadSafeFlag()
        self.event = Event()
        self.line = ThreadSafeQueue(10)
        self.half = BottomHalf(self.helper)
        self.loop = loop
        self.clock = get_event_loop().clock
        self.task = create_task(self.run())
        {register}

    async def run(self):
        await self.flag.wait()
        self.event.set()

    def helper(self):
        {inner}

    def edge(self, pin):
        {body}
"""

MORE = """
class More(Device):
    def start(self, pin):
        pin.irq(self.helper)
"""
REGISTRATIONS = [
    "pin.irq(self.edge)",
    "pin.irq(handler=self.edge, trigger=3)",
    "edge = self.edge; pin.irq(edge, hard=True)",
    "timer.init(period=10, callback=self.edge)",
    "_thread.start_new_thread(self.edge, (1,))",
    "micropython.schedule(self.edge, 1)",
    "self.worker.assign(self.edge, 1)",
    "pin.irq(lambda pin: self.edge(pin))",
]
BREACHES = [
    ("self.event.set()", "Event.set of core.event"),
    ("event = self.event; event.set()", "Event.set of core.event"),
    ("create_task(self.run())", "create_task of core.context"),
    ("get_event_loop().stop()", "get_event_loop"),
    ("self.flag.clear()", "ThreadSafeFlag.clear"),
    ("self.loop.create_task(None)", "self.loop.create_task"),
    ("self.loop.bell.ring(pin)", "self.loop.bell"),
    ("self.loop.timers.push(pin, 1)", "self.loop.timers"),
    ("self.task.cancel()", "cancel"),
    ("pin.owner.put_nowait(1)", "pin.owner.put_nowait"),
    ("self.helper()", "Event.set of core.event"),
]


def device(register="pin.irq(self.edge)", body="self.flag.set()", inner="self.event.set()"):
    return HEAD.format(register=register, body=body, inner=inner)


@pytest.mark.parametrize("register", REGISTRATIONS)
def test_a_planted_breach_is_found_however_the_function_is_given_away(register):
    (breach,) = check_planted(device(register, "self.event.set()"))
    assert (breach.where, breach.what) == ("drivers.planted:Device.edge", "Event.set of core.event")
    assert check_planted(device(register)) == []


@pytest.mark.parametrize("body, what", BREACHES)
def test_each_kind_of_breach_is_found(body, what):
    breaches = check_planted(device(body=body))
    assert breaches and what in breaches[0].what


@pytest.mark.parametrize(
    "body",
    [
        "self.flag.set()", "self.line.put_sync(1)", "self.half.ring()", "self.at = self.loop.clock.now()",
        "self.at = self.clock.now()", "pin.value(1)", "raise QueueFull",
    ],
)  # fmt: skip
def test_what_any_context_may_do_is_none(body):
    assert check_planted(device(body=body)) == []


def test_a_function_that_gives_its_argument_away_is_seen_through():
    other = "def listen(pin, handler):\n    pin.irq(handler)\n"
    again = "from .other import listen\ndef twice(one, two, fn):\n    listen(one, fn)\n    listen(two, fn)\n"
    text = "from .again import twice\n" + device("twice(pin, pin, self.edge)", "self.event.set()")
    assert [breach.where for breach in check_planted(text, other=other, again=again)] == ["drivers.planted:Device.edge"]


def test_a_base_class_and_a_function_of_another_module_are_followed():
    other = "from ..core.event import Event\nEVENT = Event()\ndef ring():\n    EVENT.set()\n"
    text = "from .other import ring\n" + device(body="ring()")
    assert [breach.where for breach in check_planted(text, other=other)] == ["drivers.other:ring"]
    text = device(body="self.flag.set()") + MORE
    assert [breach.where for breach in check_planted(text)] == ["drivers.planted:Device.helper"]


def test_a_coroutine_function_and_what_cant_be_told_are_breaches():
    assert "coroutine function" in check_planted(device("pin.irq(self.run)"))[0].what
    assert "can't tell what pin.handler is" in check_planted(device("pin.irq(pin.handler)"))[0].what
