"""App: an application that runs on a simulated board in a thread of its own, as it is seen from a test."""

from __future__ import annotations

import ctypes
import inspect
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from twincore.core import context

from ..board import Board, Wakeable
from ..firmware.world import INTERRUPTED, SWITCHED_OFF, World
from . import loops
from .console import Console

__tracebackhide__ = True  # pytest shows the test's own line
PATIENCE = 60.0  # seconds of the board's time
END_WITHIN = 1.0  # seconds of the board's time, and twice as many of the system's, that it gets after Ctrl-C
TAIL = 10  # lines of output that a message shows


class App:
    """An application on `board`'s main core; `run_app` starts it.

    | | |
    |---|---|
    | `output`, `text` | what it has printed: lines, or as it is |
    | `wait_output`, `wait` | until it prints something, until it ends; in the board's time |
    | `interrupt` | Ctrl-C |
    | `namespace` | the global variables of its main module |
    | `code`, `error`, `result` | once it has ended: exit code; what a function raised, or returned |

    Any thread, but one at a time; `wait` and `wait_output` not in the application's own.
    """

    def __init__(self, board: Board, name: str, console: Console) -> None:
        self.board = board
        self.name = name
        self.code: int | None = None
        self.error: BaseException | None = None
        self.result: Any = None
        self.looked_at = False  # somebody has been told how it ended
        self.left: list[str] = []  # the tasks that it has left, in words
        self.interrupted = False
        self._console = console
        self._start = len(console.text())
        self._read = 0  # of its output, by `wait_output`
        self._ended = Wakeable()
        self.thread = board.time.start(self._run, f"{board.name}: {name}")

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return self.code is None

    @property
    def text(self) -> str:
        """What the board has printed since the application was started."""
        return self._console.text(self._start)

    @property
    def output(self) -> list[str]:
        """Its lines, the last one as far as it has come."""
        return self.text.splitlines()

    @property
    def namespace(self) -> dict[str, Any]:
        """The global variables of its main module, as far as it has got."""
        raise NotImplementedError

    @property
    def loop(self) -> Any:
        """The loop of its main core, None if there is none."""
        return context._loops.get(self.thread.ident) if self.running else None

    def wait_output(self, text: str, timeout: float = PATIENCE) -> str:
        """Wait until it prints `text`, within one line or over several; returns the line in which that ends.

        What an earlier call has returned, and what is before that, is not looked at again. TimeoutError after
        `timeout` seconds; AssertionError if it ends without.
        """
        until = self.board.time.now() + round(timeout * 1e6)
        while True:
            ended = not self.running
            self._console.changed.take()
            output = self.text
            found = output.find(text, self._read)
            if found >= 0:
                self._read = found + len(text)
                return output[: self._read].rpartition("\n")[2] + output[self._read :].partition("\n")[0]
            if ended:
                raise AssertionError(f"{self.name} has ended with {self.code} and did not print {text!r}{self._tail()}")
            if self.board.time.now() >= until:
                raise TimeoutError(f"{self.name} has not printed {text!r} within {timeout} s{self._tail()}")
            self.board.time.sleep(until, self._console.changed, last=True)

    def wait(self, timeout: float | None = PATIENCE) -> int:
        """Wait until it ends; returns its exit code, see World.run. What a function raised is raised here.

        TimeoutError after `timeout` seconds of the board's time. None: no limit, but Deadlock if nothing more happens.
        """
        if not self._wait_for_end(timeout):
            raise TimeoutError(f"{self.name} has not ended within {timeout} s{self._tail()}")
        self.looked_at = True
        if self.error is not None:
            raise self.error
        assert self.code is not None
        return self.code

    def interrupt(self) -> None:
        """Ctrl-C: KeyboardInterrupt is raised in its main core, where it sleeps or at its next statement."""
        if not self.running:
            return
        self.interrupted = True
        self.board.interrupts.end(KeyboardInterrupt())

    def stop(self) -> None:
        """End it with Ctrl-C, if it runs. One that does not end so stays."""
        if self.running:
            self.interrupt()
            if self.board.time.virtual and self._computes():
                self.force()  # it gives nobody else a turn
            else:
                self._wait_for_end(END_WITHIN)
        if not self.running:
            self.board.time.call_outside(lambda: self.thread.join(2 * END_WITHIN))

    def force(self) -> None:
        """As `stop`, for one that looks at no interrupts: raise KeyboardInterrupt at its next statement, whichever."""
        if self.running and self.thread.ident is not None:
            ctypes.pythonapi.PyThreadState_SetAsyncExc(
                ctypes.c_ulong(self.thread.ident), ctypes.py_object(KeyboardInterrupt)
            )
            self.board.time.call_outside(lambda: self.thread.join(2 * END_WITHIN))

    def _computes(self) -> bool:
        return any(part.thread == self.thread.ident and not part.waits for part in self.board.time.contexts())

    def complaint(self) -> str:
        """In what way it failed that nobody has looked at; "" if it did not."""
        if self.looked_at or self.code in (None, 0, SWITCHED_OFF) or (self.interrupted and self.code == INTERRUPTED):
            return ""
        error = "" if self.error is None else "\n" + "".join(traceback.format_exception(self.error))
        return (
            f"{self.name} has ended with exit code {self.code}, and the test has not looked (app.wait())"
            f"{self._tail() if self.error is None else error}"
        )

    def _wait_for_end(self, timeout: float | None) -> bool:
        until = None if timeout is None else self.board.time.now() + round(timeout * 1e6)
        while self.running and (until is None or self.board.time.now() < until):
            self.board.time.sleep(until, self._ended, last=True)
        return not self.running

    def _tail(self) -> str:
        lines = self.output[-TAIL:]
        return "; it printed last:\n  " + "\n  ".join(lines) if lines else "; it printed nothing"

    def _run(self) -> None:
        code = 1
        try:
            code = self._execute()
        except BaseException as error:
            self.error = error
        finally:
            self.code = code
            self._ended.notify()
            self._console.changed.notify()

    def _execute(self) -> int:
        """Run it in the calling thread; returns its exit code."""
        raise NotImplementedError


class _ObservedWorld(World):
    """A World that looks at which tasks are left before it ends them."""

    left: Sequence[str] = ()

    @contextmanager
    def main_program(self) -> Iterator[None]:
        with super().main_program():
            try:
                yield
            finally:
                self.left = loops.tasks_left()


class ScriptApp(App):
    """A script in MicroPython's world. Args: paths, folders of its modules; argv, its arguments."""

    def __init__(
        self, board: Board, script: Path, console: Console, paths: Sequence[Path], argv: Sequence[str]
    ) -> None:
        self.script = script
        self.world = _ObservedWorld(board, paths, argv)
        super().__init__(board, script.name, console)

    @property
    def namespace(self) -> dict[str, Any]:
        modules = self.world.modules
        self.board.wait_until(lambda: "__main__" in modules or not self.running)
        return vars(modules["__main__"])

    def _execute(self) -> int:
        try:
            return self.world.run(self.script)
        finally:
            self.left = list(self.world.left)


class FunctionApp(App):
    """A function, or a coroutine function, of the test: in CPython as it is, on the board's main core and clock."""

    def __init__(self, board: Board, function: Callable[[], Any], console: Console) -> None:
        self._function = function
        super().__init__(board, getattr(function, "__qualname__", repr(function)), console)

    @property
    def namespace(self) -> dict[str, Any]:
        return getattr(self._function, "__globals__", {})

    def _execute(self) -> int:
        with self.board.core("main", main=True):
            context.new_event_loop()  # else the loops of other boards' threads would seem to be in its way
            try:
                result = self._function()
                if inspect.iscoroutine(result):
                    result = context.run(result)
                self.result = result
            except KeyboardInterrupt:
                return INTERRUPTED
            except SystemExit as error:
                return error.code if isinstance(error.code, int) else int(error.code is not None)
            finally:
                self.left = loops.tasks_left()
                loops.end_own()
        return 0

