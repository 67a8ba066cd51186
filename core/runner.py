"""Runner: several runs on one loop, and a clean end: what is left is cancelled, and awaited. As asyncio.Runner.

    with core.Runner() as runner:
        runner.run(main())

`core.run` alone leaves what has not ended to the next run, as upstream does. A thread's own; not inside a task.
"""

from .context import get_event_loop, new_event_loop
from .native import MICROPYTHON

if not MICROPYTHON:
    from contextvars import copy_context


class Runner:
    """Gives the thread a new loop, with `clock` if given, at the start of the `with` block or the first `run`.

    At the end, or by `close`, its tasks are cancelled and awaited for `grace` seconds at the most (None: as long as they
    take), asynchronous generators closed, and the thread given another loop. An error that a task ends with then is
    reported. Ctrl-C ends a run with KeyboardInterrupt; leaving the block then ends the rest.
    """

    def __init__(self, clock=None, grace=None):
        self._clock = clock
        self._grace = grace
        self._loop = None
        self._context = None
        self._closed = False

    def get_loop(self):
        """Its loop. RuntimeError once it is closed."""
        if self._closed:
            raise RuntimeError("the Runner is closed: make another")
        if self._loop is None:
            self._loop = new_event_loop(self._clock)
            if not MICROPYTHON:
                self._context = copy_context()  # of all its runs
        return self._loop

    def run(self, coro, context=None):
        """Run the coroutine `coro`; return its result or raise its exception."""
        if self._closed or (self._loop is not None and self._loop.running):
            if hasattr(coro, "close"):
                coro.close()
            self.get_loop()
            raise RuntimeError("a Runner can't run inside its own run: use await, or create_task")
        loop = self.get_loop()
        return loop.run_until_complete(loop.create_task(coro, None, context or self._context))

    def close(self):
        """End what is left. A second call does nothing."""
        if self._closed:
            return
        loop = self._loop
        if loop is not None:
            loop.close(self._grace)
            if get_event_loop() is loop:
                new_event_loop()
        self._closed = True

    def __enter__(self):
        self.get_loop()
        return self

    def __exit__(self, exc_type, exc, tb):
        self.close()
