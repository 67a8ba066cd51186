"""`_thread`: the other core, or threads of one; locks that work in the board's time."""

from __future__ import annotations

import threading
from collections import deque
from types import ModuleType, TracebackType
from typing import TYPE_CHECKING, Any, NoReturn

from ..board.timekeeper import Wakeable
from .modules import module

if TYPE_CHECKING:
    from .world import World

STACK = 4096


class LockType:
    """What `allocate_lock` makes: not recursive, any thread may release it. First come, first served.

    A hard handler may try it, and not wait for it.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._guard = threading.Lock()
        self._locked = False
        self._waiting: deque[Wakeable] = deque()

    def acquire(self, waitflag: int = 1, timeout: float = -1) -> bool:
        """Take it; returns whether it could be: without `waitflag` at once, else in `timeout` seconds (-1: any)."""
        world = self._world
        world.spend()
        until = world.time.now() + round(timeout * 1_000_000) if timeout >= 0 else None
        bell = Wakeable()
        first = True
        while True:
            with self._guard:
                if not self._locked and (not self._waiting or self._waiting[0] is bell):
                    self._locked = True
                    if not first:
                        self._waiting.remove(bell)
                    return True
                if first:
                    if not waitflag:
                        return False
                    self._waiting.append(bell)
                    first = False
            try:
                world.interrupts.refuse("wait for a lock")
                bell.take()
                world.sleep(until, bell, soft=False)
                late = until is not None and world.time.now() >= until
            except BaseException:
                self._give_up(bell)
                raise
            if late and not bell.pending:
                self._give_up(bell)
                return False

    def _give_up(self, bell: Wakeable) -> None:
        with self._guard:
            self._waiting.remove(bell)
            self._tell_next()

    def _tell_next(self) -> None:
        if self._waiting and not self._locked:
            self._waiting[0].notify()

    def release(self) -> None:
        """RuntimeError if it is not taken."""
        with self._guard:
            if not self._locked:
                raise RuntimeError("release of a lock that is not taken")
            self._locked = False
            self._tell_next()

    def locked(self) -> bool:
        return self._locked

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def make(world: World) -> ModuleType:
    """`_thread` for the application of one board."""
    two_cores = world.board.kind.cores == 2
    starting = threading.Lock()
    busy = [False]
    stack = [STACK]

    def start_new_thread(fn: Any, args: tuple[Any, ...], kwargs: dict[str, Any] | None = None) -> int:
        """Run `fn(*args)` on the other core, OSError if that is in use; on a board with one core, in a thread more."""
        if not callable(fn):
            raise TypeError(f"'{type(fn).__name__}' object isn't callable")
        if not isinstance(args, tuple):
            raise TypeError(f"the arguments are a tuple, not a {type(args).__name__}")
        with starting:
            if two_cores and busy[0]:
                raise OSError("core1 in use")
            busy[0] = True
        world.start_thread(lambda: job(fn, args, kwargs or {}), "core 1" if two_cores else "thread")
        return 1 if two_cores else threading.get_ident()

    def job(fn: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        try:
            fn(*args, **kwargs)
        except Exception as error:
            world.print(f"Unhandled exception in thread started by {fn!r}\n{world.format_exception(error)}")
        finally:
            busy[0] = False

    def allocate_lock() -> LockType:
        world.interrupts.refuse("make a lock")
        return LockType(world)

    def stack_size(size: int = 0) -> int:
        """The size set before. The desktop's threads have room enough."""
        before, stack[0] = stack[0], size or STACK
        return before

    def exit() -> NoReturn:
        raise SystemExit

    return module(
        "_thread",
        LockType=LockType,
        allocate_lock=allocate_lock,
        exit=exit,
        get_ident=threading.get_ident,
        stack_size=stack_size,
        start_new_thread=start_new_thread,
    )
