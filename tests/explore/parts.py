"""What scenarios have in common."""

from functools import partial


def looped(library, main, *args):
    """A function for a thread that runs `main(*args)` on a loop of its own."""
    return lambda: library.core.run(main(*args))


def settled(queue, left=()):
    """Assert that nobody stands in a line, and that `left` is what the queue still holds."""
    assert not queue.getters.any() and not queue.putters.any()
    rest = []
    while not queue.empty():
        rest.append(queue.get_sync())
    assert rest == list(left), rest


def outcome(fn, *args):
    """What `fn(*args)` returns, or the name of the error of the library that it raises."""
    try:
        return fn(*args)
    except Exception as error:
        if type(error).__name__ in ("QueueClosed", "TimeoutError"):
            return type(error).__name__
        raise


async def cancelled(core, task, turns=1):
    """Cancel `task`, when it has had so many turns, and wait for its end."""
    for _ in range(turns):
        await core.sleep(0)
    task.cancel()
    try:
        await task
    except core.CancelledError:
        pass


def named(scenario, size):
    made = partial(scenario, size)
    made.__name__ = f"{scenario.__name__}_size_{size}"
    return made


def named_as(scenario):
    return scenario.__name__
