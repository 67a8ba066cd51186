"""One call for an executor: what is handed over, and what comes back. The near side of `far_side`."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from importlib import import_module
from typing import Any

from . import token
from .job import Job
from .line import Slot

far_side = import_module("twincore.offload.far_side_cpython")  # by the name under which the other process finds it

THREAD, OTHER, BYTES, CLUSTER = range(4)  # how a call is handed over: as it is, twice; pickled; pickled by value


class RemoteError(RuntimeError):
    """A function raised, elsewhere, what can't be pickled: its type's name, its text and its traceback as text.

    Attributes: `name`, `text`, `traceback`.
    """

    def __init__(self, name: str, text: str, trace: str) -> None:
        RuntimeError.__init__(self, name, text, trace)
        self.name = name
        self.text = text
        self.traceback = trace

    def __str__(self) -> str:
        return f"{self.name}: {self.text} (it can't be pickled; raised there:)\n{self.traceback}"


class RemoteTraceback(Exception):
    """The cause of an error that came from elsewhere: where it was raised there."""

    def __str__(self) -> str:
        return f"\n{self.args[0]}"


def call_of(job: Job[Any], how: int, number: int) -> tuple[Any, ...]:
    """What to give to `submit` of an executor for `job`; `how`: see above; `number`: by which its process is asked."""
    if how == THREAD:
        return _run_here, job
    if how == OTHER:
        return _plain, job.func, job.args, job.kwargs
    by_value = how == CLUSTER
    dumps = import_module("cloudpickle").dumps if by_value else pickle.dumps
    try:
        return far_side.call, dumps((job.func, job.args, job.kwargs)), by_value, number
    except Exception as error:
        raise _unpicklable(job, dumps, error) from error


def open_answer(job: Job[Any], how: int, answer: Any) -> tuple[Any, BaseException | None]:
    """(result, error) from what the call returned."""
    if how == THREAD or how == OTHER:
        result, failed = answer
        return result, failed
    kind = answer[0]
    name = job.describe()
    error: BaseException
    if kind == far_side.UNKNOWN:
        error = pickle.UnpicklingError(
            f"{name} or its arguments can't be loaded in the other process; there:\n{answer[1]}"
        )
    elif kind == far_side.UNSENT:
        error = pickle.PicklingError(f"the result of {name}, a {answer[1]}, can't be pickled: {answer[2]}")
    else:
        try:
            found = None if answer[1] is None else pickle.loads(answer[1])
        except BaseException as failure:
            if kind == far_side.RETURNED:
                return None, pickle.UnpicklingError(f"the result of {name} can't be loaded here: {failure!r}")
            found = None
        if kind == far_side.RETURNED:
            return found, None
        if found is None:
            return None, RemoteError(*answer[2:])
        error = found
        error.__cause__ = RemoteTraceback(answer[4])
    return None, error


def _run_here(job: Job[Any]) -> tuple[Any, None]:
    """In a thread of an executor: `cancelled()` and the like hold."""
    slot = Slot(job.pool.clock)
    slot.job = job
    token.enter(slot)
    try:
        context = job.context
        if context is None:  # it was given up
            return None, None
        return context.run(job.func, *job.args, **job.kwargs), None
    finally:
        token.leave()


def _plain(func: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, None]:
    """For executors of which nothing is known."""
    return func(*args, **kwargs), None


def _unpicklable(job: Job[Any], dumps: Callable[[Any], bytes], error: Exception) -> pickle.PicklingError:
    """Say which part of `job` it was."""
    name = getattr(job.func, "__qualname__", job.describe())
    parts: list[tuple[str, Any]] = [(f"the function {name}", job.func)]
    parts += [(f"argument {n} of {name}", value) for n, value in enumerate(job.args, 1)]
    parts += [(f"argument {key} of {name}", value) for key, value in job.kwargs.items()]
    for what, value in parts:
        try:
            dumps(value)
        except Exception as failure:
            hint = "; a function is sent by its name: define it at the top level of a module" if value is job.func else ""
            return pickle.PicklingError(f"{what}, a {type(value).__name__}, can't be pickled: {failure}{hint}")
    return pickle.PicklingError(f"the arguments of {name} can't be pickled: {error}")
