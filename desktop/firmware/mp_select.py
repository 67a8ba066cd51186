"""`select`: poll for MicroPython's streams (`ioctl`), sockets and files alike; soft interrupts run while it waits.

All are asked each millisecond of the board's time, as MicroPython does where it has no better way.
"""

from __future__ import annotations

import select
from collections.abc import Iterable, Iterator
from types import ModuleType
from typing import TYPE_CHECKING, Any

from .modules import module
from .runtime import os_error

if TYPE_CHECKING:
    from .world import World

POLLIN, POLLOUT, POLLERR, POLLHUP = 1, 4, 8, 16
POLL = 3  # ioctl's request
ONE_SHOT = 1  # ipoll's flag
TICK_US = 1000
ENOENT = 2


class Poll:
    """What `select.poll()` makes. One thread at a time."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._entries: dict[int, list[Any]] = {}  # id -> [object, mask]

    def register(self, obj: Any, eventmask: int = POLLIN | POLLOUT) -> None:
        """Watch `obj`, or watch it for something else. OSError if it is no stream: a number is none, as on a board."""
        if not hasattr(obj, "ioctl") and not hasattr(obj, "fileno"):
            raise OSError(f"stream operation not supported: a {type(obj).__name__} has neither ioctl() nor fileno()")
        self._entries[id(obj)] = [obj, eventmask]

    def unregister(self, obj: Any) -> None:
        """What is not watched is no error, as on a board."""
        self._entries.pop(id(obj), None)

    def modify(self, obj: Any, eventmask: int) -> None:
        """OSError (ENOENT) if it is not watched."""
        if id(obj) not in self._entries:
            raise os_error(ENOENT)
        self._entries[id(obj)][1] = eventmask

    def poll(self, timeout: int | None = -1) -> list[tuple[Any, int]]:
        """[(object, events)] of those that are ready, within `timeout` ms (-1, None: no limit)."""
        return list(self.ipoll(timeout))

    def ipoll(self, timeout: int | None = -1, flags: int = 0) -> Iterator[tuple[Any, int]]:
        """As `poll`, one after the other; with flags=1 those that were ready are watched for nothing more."""
        world = self._world
        world.interrupts.refuse("poll")
        world.spend()
        until = None if timeout is None or timeout < 0 else world.time.now() + timeout * 1000
        while True:
            ready = self._ask()
            left = None if until is None else until - world.time.now()
            if ready or (left is not None and left <= 0):
                break
            world.sleep_us(TICK_US if left is None else min(TICK_US, left))
        if flags & ONE_SHOT:
            for obj, _ in ready:
                self._entries[id(obj)][1] = 0
        return iter(ready)

    def _ask(self) -> list[tuple[Any, int]]:
        ready: dict[int, int] = {}
        system = None
        for key, (obj, mask) in list(self._entries.items()):
            if hasattr(obj, "ioctl"):
                events = obj.ioctl(POLL, mask | POLLERR | POLLHUP)
                if events:
                    ready[key] = events
            elif mask:
                system = system or select.poll()
                system.register(obj, mask)
        if system is not None:
            descriptors = {
                obj.fileno(): key
                for key, (obj, mask) in self._entries.items()
                if mask and not hasattr(obj, "ioctl")
            }
            for descriptor, events in system.poll(0):
                ready[descriptors[descriptor]] = events
        return [(self._entries[key][0], ready[key]) for key in self._entries if key in ready]


def make(world: World) -> ModuleType:
    """`select` for the application of one board."""

    def poll() -> Poll:
        return Poll(world)

    def select_(
        rlist: Iterable[Any], wlist: Iterable[Any], xlist: Iterable[Any], timeout: float | None = None
    ) -> tuple[list[Any], list[Any], list[Any]]:
        """Those of each list that can be read, written, or are broken, within `timeout` seconds (None: no limit)."""
        wanted: dict[int, list[Any]] = {}
        lists = [(list(rlist), POLLIN), (list(wlist), POLLOUT), (list(xlist), POLLERR | POLLHUP)]
        for streams, mask in lists:
            for stream in streams:
                wanted.setdefault(id(stream), [stream, 0])[1] |= mask
        poller = Poll(world)
        for stream, mask in wanted.values():
            poller.register(stream, mask)
        ms = -1 if timeout is None or timeout < 0 else round(timeout * 1000)
        ready = {id(stream): events for stream, events in poller.poll(ms)}
        found = [[each for each in streams if ready.get(id(each), 0) & mask] for streams, mask in lists]
        return found[0], found[1], found[2]

    return module(
        "select", POLLERR=POLLERR, POLLHUP=POLLHUP, POLLIN=POLLIN, POLLOUT=POLLOUT, poll=poll, select=select_
    )
