"""Watches a hard interrupt handler at work, in its thread only, and raises in it what a board would.

Up to CPython 3.11 by tracing; then by `sys.monitoring`, which leaves what needs no look at full speed, and does not
slow other threads down. A tracer that is there already, a debugger's, still gets what it traces. Watched are the
functions of the application that the handler calls, not those that the library or a simulated device calls: what these
allocate is not the board's memory.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any

from .application import is_application
from .isr_calls import Complaint, entry
from .isr_code import checks
from .isr_rules import current, make_current
from .isr_values import Here, attribute, function_of


def heap_is_locked(complaint: Complaint, line: int, function: str) -> MemoryError:
    """What a board raises, with the reason, which it does not give."""
    what, instead = complaint
    where = f"in line {line} of {function}"
    return MemoryError(
        f"memory allocation failed, heap is locked: a hard interrupt handler {what}, {where}; {instead}"
    )


class Watch:
    """Over one call of a handler. `bits`: of the board's small integers."""

    def __init__(self, bits: int) -> None:
        self._bits = bits
        self._top: FrameType | None = None
        self._known: FrameType | None = None  # the frame that was looked at last, and is the application's

    def run(self, handler: Callable[[Any], object], arg: Any) -> None:
        """Call `handler(arg)`. Raises what it does, or MemoryError for what the board refuses."""
        function = function_of(handler)
        complaint = entry(function, 1 + (function is not handler), 0)
        if complaint is not None and function is not None:
            raise heap_is_locked(complaint, function.__code__.co_firstlineno, function.__code__.co_name)
        before = current()
        make_current(self)
        self._top = sys._getframe()
        try:
            _start(self, handler, arg)
        finally:
            make_current(before)
            self._top = self._known = None

    @classmethod
    def refused(cls, error: BaseException) -> bool:
        """Whether `error` is what `run` raised itself, before it called the handler."""
        trace = error.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        return trace is not None and trace.tb_frame.f_code is cls.run.__code__

    def covers(self, frame: FrameType) -> bool:
        """Whether `frame` is the application's, and what called it too, but for what the simulator put in front."""
        if frame is self._known:
            return True
        own = True
        caller: FrameType | None = frame
        while caller is not None and caller.f_code is not _start.__code__:
            if is_application(caller.f_code.co_filename):
                if not own:
                    return False
            else:
                own = False
            caller = caller.f_back
        if caller is None or caller.f_back is not self._top or not is_application(frame.f_code.co_filename):
            return False
        self._known = frame
        return True

    def look(self, frame: FrameType, offset: int) -> None:
        """`frame` is about to run the instruction at `offset`."""
        to_do = checks(frame.f_code).get(offset)
        if to_do is None:
            return
        here = Here(frame, self._bits)
        for check in to_do:
            complaint = check(here)
            if complaint is not None:
                raise heap_is_locked(complaint, frame.f_lineno, frame.f_code.co_name)


if sys.version_info >= (3, 12):
    _monitoring = sys.monitoring
    _events = _monitoring.events.INSTRUCTION | _monitoring.events.CALL
    _tool = -1
    _taking = threading.Lock()

    def _start(watch: Watch, handler: Callable[[Any], object], arg: Any) -> None:
        _follow(handler, _monitoring.events.CALL)  # the simulator's own may be in front of the application's
        handler(arg)

    def _follow(callee: Any, at_least: int = 0) -> None:
        """Have the instructions of `callee` watched from now on, if it is a function of the application."""
        function = function_of(callee)
        if function is None and not isinstance(callee, type):
            function = function_of(attribute(type(callee), "__call__"))
        if function is None:
            return
        code = function.__code__
        events = _events if is_application(code.co_filename) else at_least
        if _tool < 0:
            _take_tool()
        if events and not _monitoring.get_local_events(_tool, code):
            _monitoring.set_local_events(_tool, code, events)

    def _take_tool() -> None:
        global _tool
        with _taking:
            if _tool >= 0:
                return
            free = [number for number in range(6) if _monitoring.get_tool(number) is None]
            if not free:
                raise RuntimeError("all of sys.monitoring is in use: make the board with check_interrupts=False")
            tool = free[len(free) // 2]  # the first and the last have customary users
            _monitoring.use_tool_id(tool, "twincore: interrupts")
            _monitoring.register_callback(tool, _monitoring.events.INSTRUCTION, _on_instruction)
            _monitoring.register_callback(tool, _monitoring.events.CALL, _on_call)
            _tool = tool

    def _on_instruction(code: CodeType, offset: int) -> Any:
        if offset not in checks(code):
            return _monitoring.DISABLE
        watch = current()
        if watch is not None:
            frame = sys._getframe(1)
            if watch.covers(frame):
                watch.look(frame, offset)
        return None

    def _on_call(code: CodeType, offset: int, callee: Any, first: Any) -> None:
        watch = current()
        if watch is None:
            return
        frame = sys._getframe(1)
        caller = frame.f_back
        if watch.covers(frame) or (caller is not None and caller.f_code is _start.__code__):
            _follow(callee)

else:

    def _start(watch: Watch, handler: Callable[[Any], object], arg: Any) -> None:
        previous = sys.gettrace()
        sys.settrace(_tracer(watch, previous))
        try:
            handler(arg)
        finally:
            sys.settrace(previous)

    def _tracer(watch: Watch, previous: Any) -> Any:
        def enter(frame: FrameType, event: str, arg: Any) -> Any:
            if previous is None:
                if not watch.covers(frame) or not checks(frame.f_code):
                    return None
                frame.f_trace_lines = False
                frame.f_trace_opcodes = True
                return step
            theirs = previous(frame, event, arg)
            if sys.gettrace() is not enter:  # it has installed itself, as coverage does
                sys.settrace(enter)
            if not watch.covers(frame):
                return theirs
            frame.f_trace_opcodes = True
            return _both(step, theirs)

        def step(frame: FrameType, event: str, arg: Any) -> Any:
            if event == "opcode":
                watch.look(frame, frame.f_lasti)
            return step

        return enter

    def _both(ours: Any, theirs: Any) -> Any:
        def step(frame: FrameType, event: str, arg: Any) -> Any:
            nonlocal theirs
            if event == "opcode":
                ours(frame, event, arg)
            elif theirs is not None:
                theirs = theirs(frame, event, arg)
            return step

        return step
