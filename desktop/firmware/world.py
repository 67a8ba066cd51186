"""World: the modules, builtins, files and streams of the application on one simulated board, which it runs.

Only code that the world has loaded sees them: it is given builtins of its own, `__import__` among them. Any number of
worlds live in one process, each run by one thread at a time.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any
from weakref import WeakSet

from twincore.core import context as _context
from twincore.core import native as _native
from twincore.core.clocks_cpython import with_clock

from ..board.board import Board
from ..board.timekeeper import Wakeable
from ..board.virtual_time import Deadlock
from . import mp_builtins, mp_vfs, tracebacks
from .calendar_time import EPOCHS, calendar_of
from .console import Input, Output
from .ending import ending_clock
from .files import Files
from .imports import Imports, code_of
from .memory import Memory
from .mounts import Mounts

context: Any = _context  # which have no types
native: Any = _native
LOOP_US = 2  # what a turn of a loop or the call of a function takes in virtual time
CALL_US = 5  # the call of a function of MicroPython's
INTERRUPTED, SWITCHED_OFF = 130, 143  # exit codes, as a shell gives for SIGINT and SIGTERM
DEADLOCK = 70  # as of the emulated board
JOIN_WITHIN = 2.0  # seconds for the application's threads to end


class BoardOff(BaseException):
    """The board was closed while the application ran: raised in its threads, at their next step."""


class World:
    """What the application on `board` sees, and how it is run.

    Args: paths, folders that hold its modules; argv, its `sys.argv` without the script; allow, names of the desktop's
    modules that it may import although no board has them; errors, what is called with the text of the error that ends
    it, by default the board prints it.
    """

    def __init__(
        self,
        board: Board,
        paths: Sequence[Path] = (),
        argv: Sequence[str] = (),
        *,
        allow: Iterable[str] = (),
        errors: Callable[[str], object] | None = None,
    ) -> None:
        self.board = board
        self.name = "queues"  # what `state` is about
        self.time = board.time
        self.interrupts = board.interrupts
        self.argv: list[str] = []  # the application's sys.argv
        self._arguments = tuple(argv)
        self._tell_error = errors or self.print
        self.closed = False
        self.calendar = calendar_of(board)
        self.files = Files(board.root, EPOCHS[board.kind.epoch])
        self.mounts = Mounts(self.files, lambda device: mp_vfs.of_device(self, device))
        self.memory = Memory()
        self.stdout = Output(board.print)
        self.stdin = Input(board.time.call_outside)
        self.imports = Imports(self, paths, allow)
        self.modules = self.imports.modules
        self._off: list[bool] = []
        self.checkpoint = self._make_checkpoint()
        self.modules["builtins"] = mp_builtins.make(self)
        self.builtins: dict[str, Any] = vars(self.modules["builtins"])
        self.threads: list[threading.Thread] = []
        self._sleepers: set[Wakeable] = set()
        self.peripherals: WeakSet[Any] = WeakSet()  # what goes on when the program has ended
        self._main: threading.Thread | None = None
        board.format_exception = self.format_exception
        board.devices.append(self)

    def import_module(self, name: str) -> ModuleType:
        """The module that `import name` gives the application. ImportError. A thread of the board's."""
        return self.imports.import_module(name)

    def run(self, script: Path) -> int:
        """Run `script` as the application's main module, in the calling thread, and return its exit code.

        0; what SystemExit says; 1 after an exception, which has been printed; 130 after KeyboardInterrupt; 70 after a
        Deadlock; 143 if the board was closed meanwhile. OSError if the script can't be read.
        """
        script.open("rb").close()  # its error is the caller's, not the application's
        module = self.imports.new_module("__main__", script)
        module.__package__ = ""
        self.modules["__main__"] = module
        inside = script.resolve().is_relative_to(self.files.root)  # then its name is the board's, which can open it
        self.argv[:] = [str(script.resolve().relative_to(self.files.root) if inside else script), *self._arguments]
        with self.main_program():
            try:
                self.spend(0)  # after `_main` was set, which `close` looks at after it has closed: one sees the other
                exec(code_of(script), vars(module))
                self.interrupts.checkpoint()  # what a board does on its way to the REPL
            except BaseException as error:
                return self._exit_code(error)
        return 0

    @contextmanager
    def main_program(self) -> Iterator[None]:
        """The calling thread is the application's main thread; its loops are the application's own."""
        with self.board.core("main", main=True):
            before, self._main = self._main, threading.current_thread()
            own_loop = native.own()
            if own_loop is not None:
                native.set_own(None)
            try:
                yield
            finally:
                self._main = before
                _end_loop(own_loop)

    def uses_loops(self) -> None:
        """The application imports twincore: its main thread gets a loop, so that no other world's is in its way."""
        if threading.current_thread() is self._main and native.own() is None:
            loop = context.new_event_loop()
            loop.set_exception_handler(self._task_failed)

    def _task_failed(self, loop: Any, report: dict[str, Any]) -> None:
        self.print(f"{report['message']}\nfuture: {report['future']!r}\n{self.format_exception(report['exception'])}")

    def _exit_code(self, error: BaseException) -> int:
        if isinstance(error, BoardOff):
            return SWITCHED_OFF
        if isinstance(error, Deadlock):
            self._tell_error(f"{error}\n")
            return DEADLOCK
        if isinstance(error, SystemExit):
            if error.code is None or isinstance(error.code, int):
                return int(error.code or 0)
            self._tell_error(f"{error.code}\n")
            return 1
        self._tell_error(self.format_exception(error))
        return INTERRUPTED if isinstance(error, KeyboardInterrupt) else 1

    def print(self, text: str) -> None:
        """Print as the board does. Any thread."""
        self.stdout.write(text)

    def format_exception(self, error: BaseException) -> str:
        """`error` as text, with those frames of its traceback that are the application's."""
        return tracebacks.format_exception(error, self.owns)

    def owns(self, frame: FrameType) -> bool:
        """Whether the frame is of code that this world has loaded."""
        return frame.f_builtins is self.builtins

    def spend(self, us: int = CALL_US) -> None:
        """For functions of the board's modules: what the call took; and the board may have been closed."""
        self.time.spend(us)
        if self._off:
            raise BoardOff

    def sleep(self, until: int | None, sleeper: Wakeable | None = None, *, soft: bool = True) -> None:
        """The calling thread of the application waits until that time of the board's or until `sleeper` is notified.

        `soft`: soft interrupts run meanwhile, if it is the main thread.
        """
        if self._off:
            raise BoardOff
        if sleeper is None:
            sleeper = Wakeable()
        self._sleepers.add(sleeper)
        try:
            (self.interrupts if soft else self.time).sleep(until, sleeper)
        finally:
            self._sleepers.discard(sleeper)
        if self._off:
            raise BoardOff

    def sleep_us(self, us: int) -> None:
        """As `sleep`, for so long; at least one turn for others."""
        self.sleep(self.time.now() + max(us, 0))

    def interrupt(self) -> None:
        """Raise KeyboardInterrupt in the main program, as Ctrl-C at a board's REPL does. Any thread."""
        self.interrupts.end(KeyboardInterrupt())

    def start_thread(self, fn: Callable[[], object], name: str) -> None:
        """Run `fn` in a thread of the application's that the board's close ends."""
        full_name = f"{self.board.name}: {name}"
        thread = self.time.start(lambda: self._run_thread(fn, name), full_name)
        self.threads = [*(other for other in self.threads if other.is_alive()), thread]

    def _run_thread(self, fn: Callable[[], object], name: str) -> None:
        def clock() -> Any:
            return ending_clock(self.time, self.sleep, self._off)

        with self.board.core(name), with_clock(clock):
            try:
                fn()
            except (SystemExit, BoardOff):
                pass
            finally:
                with suppress(BoardOff):
                    _end_loop(None)

    def state(self) -> dict[str, str]:
        """For who looks at the board: how full the queues are that the main program's names stand for."""
        found = {}
        main = self.modules.get("__main__")
        for name, value in list(vars(main).items()) if main is not None else ():
            if callable(getattr(value, "qsize", None)) and not isinstance(value, type):
                most = getattr(value, "high_water", None)
                found[name] = f"{value.qsize()}" + (f" (at most {most} so far)" if most is not None else "")
        return found

    def close(self) -> None:
        """End the application's threads, peripherals and interrupts; close its files. Done by the board's close."""
        if self.closed:
            return
        self.closed = True
        self._off.append(True)
        for sleeper in list(self._sleepers):
            sleeper.notify()
        if self._main is not None and self._main is not threading.current_thread():
            self.interrupts.end(BoardOff())
        for thread in self.threads:
            if thread is not threading.current_thread():
                self.time.call_outside(lambda thread=thread: thread.join(JOIN_WITHIN))  # type: ignore[misc]
        for peripheral in list(self.peripherals):
            peripheral.deinit()
        for line in self.board.lines().values():
            line.irq(None)
        self.files.close()

    def _make_checkpoint(self) -> Callable[[], None]:
        """What runs at each turn of a loop and each call of a function."""
        scheduled, off, interrupts = self.interrupts.scheduled, self._off, self.interrupts

        def look() -> None:
            if off:
                raise BoardOff
            interrupts.checkpoint()

        if not self.time.virtual:

            def checkpoint() -> None:
                if scheduled or off:
                    look()

            return checkpoint
        spend = self.time.spend

        def virtual_checkpoint() -> None:
            spend(LOOP_US)
            if scheduled or off:
                look()

        return virtual_checkpoint


def _end_loop(before: Any) -> None:
    """Close the loop that the calling thread has now, and give it back the one `before`; None: it had none."""
    loop = native.own()
    if loop is not None:
        loop.close()
    if before is not None:
        context._adopt(before)
    elif loop is not None:
        native.set_own(None)
