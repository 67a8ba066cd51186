"""TaskGroup: tasks that end with the block which started them. `gather` is for a few results; `create_task` alone
starts what outlives its starter. For tasks of one loop.

    async with TaskGroup() as group:
        group.create_task(read())
        group.create_task(write())
"""

from .context import get_event_loop
from .errors import CancelledError
from .scope import Scope
from .task import PENDING, Wait

MESSAGE = "unhandled errors in a TaskGroup"

try:
    TaskGroupError = ExceptionGroup  # CPython 3.11 and later: `except*` takes it apart
    _group = BaseExceptionGroup
except NameError:  # CPython 3.10, MicroPython

    class TaskGroupError(Exception):
        """What was raised in a TaskGroup: all of it is in `exceptions`, a tuple."""

        def __init__(self, message, exceptions):
            super().__init__(message, exceptions)
            self.message = message
            self.exceptions = tuple(exceptions)

        def __str__(self):
            count = len(self.exceptions)
            return self.message + " (" + str(count) + " sub-exception" + ("s)" if count > 1 else ")")

    _group = TaskGroupError


class TaskGroup(Wait):
    """`async with TaskGroup() as group:` the block ends when its own code and all tasks of the group have ended.

    When a task fails, or the block's code does, all others and the block are cancelled and awaited; then TaskGroupError
    is raised with all errors but the cancels (ExceptionGroup where Python has it). A task that is cancelled by others
    just ends. Cancelling the one that runs the block cancels all, and its CancelledError goes on; if there are other
    errors as well these are raised, and the cancel at its next wait, as that of a `timeout` around it.
    """

    def __init__(self):
        self._scope = None
        self._queue = None
        self._tasks = {}  # that have not ended: a dict, for its order
        self._errors = []
        self._parent = None  # while it waits for the tasks
        self._exiting = False
        self._aborting = False
        self._ended = False

    def create_task(self, coro, *, name=None, context=None):
        """Start `coro` as `core.create_task` does, as part of the group; returns its Task.

        Its tasks may call this, too. RuntimeError outside the block, and once something failed.
        """
        if self._scope is None:
            error = "the TaskGroup has not been entered: use async with"
        elif self._ended or (self._exiting and not self._tasks):
            error = "the TaskGroup has ended"
        elif self._aborting:
            error = "the TaskGroup is shutting down"
        else:
            task = self._queue.create_task(coro, name, context)
            self._tasks[task] = True
            task.add_waiter(self)
            return task
        if hasattr(coro, "close"):
            coro.close()
        raise RuntimeError(error)

    def child_done(self, task):
        """A task of the group ended."""
        task.state = False
        del self._tasks[task]
        if not self._tasks and self._parent is not None:
            parent, self._parent = self._parent, None
            parent.queue.wake(parent)
        if isinstance(task.data, (StopIteration, CancelledError)):
            return
        if self._ended:  # its block was closed, and could not wait
            self._queue.call_exception_handler(
                {"message": "A task of a closed TaskGroup failed", "exception": task.data, "future": task}
            )
        else:
            self._errors.append(task.data)
            if not self._aborting and (self._tasks or not self._exiting):
                # Not at once: others that await this task are just being woken.
                self._queue.create_task(self._fail())

    async def _fail(self):
        if not self._aborting and not self._ended:
            self._abort()
            if not self._exiting:
                self._scope.fire()

    def _abort(self):
        self._aborting = True
        for task in list(self._tasks):
            task.cancel()

    def park(self, task):
        self._parent = task

    def unpark(self, task):
        self._parent = None
        return True

    def attempt(self):
        return PENDING if self._tasks else None

    async def __aenter__(self):
        if self._scope is not None:
            raise RuntimeError("a TaskGroup is for one use: make another")
        scope = Scope()
        scope.enter()
        self._scope = scope
        self._queue = get_event_loop()
        return self

    async def __aexit__(self, exc_type, exc, tb):
        self._exiting = True
        scope = self._scope
        cancel = None  # that goes on
        if isinstance(exc, CancelledError) and not (scope.fired and not scope.outrun and not scope.cancelled):
            cancel = exc
        if exc is not None and not self._aborting:
            self._abort()
        if isinstance(exc, GeneratorExit):  # it is closed, and may not wait
            self._end()
            return
        while self._tasks:
            try:
                await self
            except CancelledError as error:
                if not self._aborting:
                    cancel = error
                    self._abort()
        self._end()
        if exc is not None and not isinstance(exc, (Exception, CancelledError)):
            return  # KeyboardInterrupt and the like stay what they are
        if cancel is not None and not self._errors:
            if cancel is exc:
                return
            raise cancel
        if exc is not None and not isinstance(exc, CancelledError):
            self._errors.append(exc)
        if self._errors:
            scope.persist()
            errors, self._errors = self._errors, None
            raise _group(MESSAGE, errors)

    def _end(self):
        self._ended = True
        self._scope.leave()
