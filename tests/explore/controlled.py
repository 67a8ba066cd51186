"""What the explorer gives the library in place of CPython's own: each use of it is a step that the explorer sees.

A *step* is one access of something that threads may share: an attribute, a slot, a global name, a deque, a lock, the
clock. `active` is the run of the explorer that is under way; without one nothing here is more than what it replaces.
One thread runs at a time, and gives way only in a step, before what the step does is done.
"""

import os
import time
from collections import deque
from sys import _getframe, exc_info
from weakref import WeakKeyDictionary

WHOLE = "all of it"  # the variable that a container or a lock is
MAIN = 1  # the ident of whoever is not under control


outside = []  # locks made as modules are loaded: a run that was given up may have left one taken


class State:
    """The run that is under way, or None."""

    active = None
    loading = False  # whether modules of a copy are being loaded


class Abandoned(BaseException):
    """The run is over: raised in every thread of it, at its next step."""


def caught():
    """Raise Abandoned again if it is what was caught."""
    error = exc_info()[1]
    if isinstance(error, Abandoned):
        raise error


def read(obj, name, site):
    """Announce that the attribute `name` of `obj` is about to be read, at `site` of the source. Returns `obj`."""
    run = State.active
    if run is not None:
        run.access(obj, name, site, False)
    return obj


def write(obj, name, site):
    """As `read`; it is about to be stored or deleted."""
    run = State.active
    if run is not None:
        run.access(obj, name, site, True)
    return obj


def item(obj, index, site):
    """`obj[index]`. A list is one variable, whatever the index."""
    run = State.active
    if run is not None:
        run.access(obj, "[]", site, False, WHOLE)
    return obj[index]


def index(obj, index, site):
    """`index`, at which `obj` is about to be changed."""
    run = State.active
    if run is not None:
        run.access(obj, "[]", site, True, WHOLE)
    return index


def read_global(module, name, site):
    """Announce that a global name is about to be read. Returns None: `read_global(...) or name` is the value."""
    run = State.active
    if run is not None:
        run.access(module, name, site, False)


def set_global(value, module, name, site):
    """`value`, about to be stored in a global name."""
    run = State.active
    if run is not None:
        run.access(module, name, site, True)
    return value


def _made_at():
    """Where the object is made that is being made: the line, and that of the caller. A site like any other."""
    frame = _getframe(2)
    back = frame.f_back
    return frame.f_code, frame.f_lineno, back.f_code, back.f_lineno


class Deque(deque):
    """A deque; each operation is a step."""

    def __init__(self, items=(), maxlen=None):
        deque.__init__(self, items, maxlen)
        self.site = _made_at()

    __hash__ = object.__hash__

    def __len__(self):
        run = State.active
        if run is not None:
            run.access(self, "len", self.site, False, WHOLE)
        return deque.__len__(self)

    def extend(self, items):
        """One step, with all that its items do as they are made: map, zip and the like run no Python code either."""
        run = State.active
        if run is None:
            return deque.extend(self, items)
        run.access(self, "extend", self.site, True, WHOLE)
        run.within = self.site
        try:
            return deque.extend(self, items)
        finally:
            run.within = None


def _operation(name):
    plain = getattr(deque, name)

    def operate(self, *args):
        run = State.active
        if run is not None:
            run.access(self, name, self.site, True, WHOLE)
        return plain(self, *args)

    return operate


for _name in ("append", "appendleft", "pop", "popleft", "remove", "rotate", "clear", "insert"):
    setattr(Deque, _name, _operation(_name))


class List(list):
    """A list that several threads pop from, clear and look at the length of; each of these is a step."""

    def __init__(self, items=()):
        list.__init__(self, items)
        self.site = _made_at()

    __hash__ = object.__hash__

    def __len__(self):
        run = State.active
        if run is not None:
            run.access(self, "len", self.site, False, WHOLE)
        return list.__len__(self)

    def pop(self, index=-1):
        run = State.active
        if run is not None:
            run.access(self, "pop", self.site, True, WHOLE)
        return list.pop(self, index)

    def clear(self):
        run = State.active
        if run is not None:
            run.access(self, "clear", self.site, True, WHOLE)
        list.clear(self)


class WeakKeys(WeakKeyDictionary):
    """A WeakKeyDictionary whose `setdefault` is a step."""

    def __init__(self):
        WeakKeyDictionary.__init__(self)
        self.site = _made_at()

    def setdefault(self, key, default=None):
        run = State.active
        if run is not None:
            run.access(self, "setdefault", self.site, True, WHOLE)
        return WeakKeyDictionary.setdefault(self, key, default)


class Count:
    """itertools.count."""

    def __init__(self, start=0):
        self._next = start
        self.site = _made_at()

    def __iter__(self):
        return self

    def __next__(self):
        run = State.active
        if run is not None:
            run.access(self, "next", self.site, True, WHOLE)
        self._next += 1
        return self._next - 1

    def __repr__(self):
        run = State.active
        if run is not None:
            run.access(self, "repr", self.site, False, WHOLE)
        return f"count({self._next})"


class Lock:
    """A lock of `_thread`, which another thread than its taker may release."""

    def __init__(self):
        self._locked = False
        if State.loading:
            outside.append(self)
        self.site = _made_at()

    def acquire(self, blocking=True, timeout=-1):
        run = State.active
        if run is None:
            if self._locked:
                raise AssertionError("a lock would be waited for outside a run")
            self._locked = True
            return True
        deadline = None if timeout < 0 else run.clock + round(timeout * 1e6)
        while True:
            run.access(self, "acquire", self.site, True, WHOLE)
            if not self._locked:
                self._locked = True
                return True
            if not blocking or (deadline is not None and run.clock >= deadline):
                return False
            run.block(self, deadline)

    def release(self):
        run = State.active
        if run is not None:
            run.access(self, "release", self.site, True, WHOLE)
        if not self._locked:
            raise RuntimeError("release unlocked lock")
        self._locked = False

    def locked(self):
        return self._locked

    def __enter__(self):
        return self.acquire()

    def __exit__(self, *_):
        self.release()


class Local:
    """Thread-local attributes."""

    def __getattr__(self, name):
        try:
            return _space(self)[name]
        except KeyError:
            raise AttributeError(name) from None

    def __setattr__(self, name, value):
        _space(self)[name] = value


_outside = {}


def _space(local):
    run = State.active
    return (_outside if run is None else run.current.locals).setdefault(id(local), {})


def ident():
    run = State.active
    return MAIN if run is None else MAIN + 1 + run.current.number


class Time:
    """The module `time`, whose monotonic clock stands still but when a run makes it jump."""

    def monotonic_ns(self):
        run = State.active
        if run is None:
            return 0
        run.access(self, "now", "the clock", False, WHOLE)
        return run.clock * 1000

    def __getattr__(self, name):
        return getattr(time, name)


class Os:
    """The module `os`, with descriptors of its own that are no more than a flag."""

    FIRST = 1 << 20  # none of the system's has such a number

    def __init__(self):
        self._made = {}  # descriptor -> [whether it is readable, what to call then]

    def eventfd(self, value, flags):
        descriptor = self.FIRST + len(self._made)
        self._made[descriptor] = [False, None]
        return descriptor

    def watch(self, descriptor, callback):
        """Have `callback` called whenever `descriptor` is made readable."""
        self._made[descriptor][1] = callback

    def readable(self, descriptor):
        run = State.active
        if run is not None:
            run.access(self, "readable", "descriptors", False, WHOLE)
        return self._made[descriptor][0]

    def write(self, descriptor, data):
        if descriptor < self.FIRST:
            return os.write(descriptor, data)
        run = State.active
        if run is not None:
            run.access(self, "write", "descriptors", True, WHOLE)
        made = self._made[descriptor]
        made[0] = True
        if made[1] is not None:
            made[1]()
        return len(data)

    def read(self, descriptor, count):
        if descriptor < self.FIRST:
            return os.read(descriptor, count)
        run = State.active
        if run is not None:
            run.access(self, "read", "descriptors", True, WHOLE)
        made = self._made[descriptor]
        if not made[0]:
            raise BlockingIOError
        made[0] = False
        return b"\1"

    def close(self, descriptor):
        """Of a descriptor of its own nothing: it is forgotten as a run begins."""
        if descriptor < self.FIRST:
            os.close(descriptor)

    def reset(self):
        self._made = {}

    def __getattr__(self, name):
        return getattr(os, name)


OS = Os()
TIME = Time()


def pass_time(seconds):
    """In a thread of a scenario: let so much time pass at this step. Who sleeps until then may go on."""
    run = State.active
    run.access(TIME, "passes", "the clock", True, WHOLE)
    run.clock += round(seconds * 1e6)


REPLACED = {
    ("collections", "deque"): Deque,
    ("itertools", "count"): Count,
    ("_thread", "allocate_lock"): Lock,
    ("_thread", "_local"): Local,
    ("_thread", "get_ident"): ident,
    ("threading", "local"): Local,
    ("os", None): OS,
    ("time", None): TIME,
    ("weakref", "WeakKeyDictionary"): WeakKeys,
}
