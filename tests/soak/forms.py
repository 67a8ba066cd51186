"""The forms of queue and of those who use it, each of which is a line or two of the table."""

from collections import namedtuple
from importlib.util import find_spec

KINDS = ("objects", "array")
ITEMS = ("item",)
BATCHES = ("batch",)
MIXED = ("item", "batch", "nowait")

# How many threads put and get; for each loop, how many of its tasks put and get, and whose loop it is. `ways`: in which
# an operation may be done. `make`: the class; `overflow`: its policy; `joined`: consumers call task_done, and others
# wait until all is done.
Form = namedtuple(
    "Form",
    "name threads loops ways make overflow joined kinds",
    defaults=(ITEMS, "ThreadSafeQueue", "raise", False, KINDS),
)

_HERE, _ASYNCIO, _UVLOOP = "twincore", "asyncio", "uvloop"
_PAIRS = (
    ("threads to tasks", (4, 0), ((0, 4, _HERE),)),
    ("tasks to threads", (0, 4), ((4, 0, _HERE),)),
    ("4 threads to 4 threads", (4, 4), ()),
    ("tasks to tasks", (0, 0), ((4, 4, _HERE),)),
    ("loop to loop", (0, 0), ((3, 0, _HERE), (0, 3, _HERE))),
    ("two loops and threads", (1, 1), ((1, 1, _HERE), (1, 1, _HERE))),
)
_ALL = _PAIRS[-1][1:]
_SINGLE = (
    ("thread to loop", (1, 0), ((0, 3, _HERE),)),
    ("loop to thread", (0, 1), ((3, 0, _HERE),)),
    ("thread to thread", (1, 1), ()),
    ("loop to loop", (0, 0), ((2, 0, _HERE), (0, 2, _HERE))),
    ("loop to asyncio", (0, 0), ((2, 0, _HERE), (0, 2, _ASYNCIO))),
)


def _foreign(name):
    return (
        Form(name + " to twincore", (0, 0), ((3, 0, name), (0, 3, _HERE)), MIXED),
        Form("twincore to " + name, (0, 0), ((3, 0, _HERE), (0, 3, name)), MIXED),
        Form(name + ", twincore and threads", (1, 1), ((1, 1, name), (1, 1, _HERE)), MIXED),
    )


FORMS = (
    tuple(Form(*pair) for pair in _PAIRS)
    + tuple(Form(name + " in batches", threads, loops, BATCHES) for name, threads, loops in _PAIRS)
    + (
        Form("all operations", *_ALL, MIXED),
        Form("overflow block", *_ALL, MIXED, overflow="block"),
        Form("overflow drop_oldest", *_ALL, MIXED, overflow="drop_oldest"),
        Form("overflow drop_newest", *_ALL, MIXED, overflow="drop_newest"),
        Form("task_done and join", *_ALL, MIXED, joined=True),
        Form("drop_oldest and join", *_ALL, MIXED, overflow="drop_oldest", joined=True),
    )
    + tuple(Form("SPSC " + name, threads, loops, MIXED, "SPSCQueue") for name, threads, loops in _SINGLE)
    + (Form("SPSC drop_newest", *_SINGLE[0][1:], MIXED, "SPSCQueue", "drop_newest"),)
    + _foreign(_ASYNCIO)
    + (_foreign(_UVLOOP) if find_spec("uvloop") else ())
    + tuple(
        Form(f"{name}, {whose} and threads", (2, 2), ((2, 2, whose), (2, 2, _HERE)), ITEMS, make, kinds=("objects",))
        for name, make in (("locks and semaphores", "MadeOfSemaphores"), ("conditions", "MadeOfConditions"))
        for whose in (_HERE, _ASYNCIO)
    )
)
