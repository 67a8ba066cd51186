"""Scenarios for `explorer.explore`: an event or message is set and cleared as others wait. See scenarios_of_queues."""

from functools import partial

from controlled import pass_time
from parts import cancelled, looped, outcome


def event_of_threads(library):
    """Two threads wait, one sets, clears and sets."""
    event = library.threadsafe.ThreadSafeEvent()
    got = []

    def change():
        event.set()
        event.clear()
        event.set()

    def check():
        assert got == [True, True] and event.is_set() and not event._line.any(), got

    waiter = ("waiter", lambda: got.append(event.wait_sync()))
    return [waiter, waiter, ("setter", change)], check


def event_set_and_cleared(library):
    """`set(); clear()` lets go whoever waits then, a thread or a task; time is up only for who comes later."""
    event = library.threadsafe.ThreadSafeEvent()
    waited, got = [], {}

    def wait():
        got["thread"] = outcome(event.wait_sync, 1)

    async def wait_in_task():
        try:
            got["task"] = await library.core.wait_for(event.wait(), 1)
        except library.core.TimeoutError:
            got["task"] = "TimeoutError"

    def change():
        waited.append(len(event._line._waiters))
        event.set()
        event.clear()

    def check():
        assert set(got.values()) <= {True, "TimeoutError"}, got
        assert list(got.values()).count(True) >= waited[0], (waited, got)
        return got["thread"], got["task"]

    return [("thread", wait), ("task", looped(library, wait_in_task)), ("setter", change)], check


def event_set_and_cleared_before_one_task(library):
    event = library.threadsafe.ThreadSafeEvent()
    waited, got = [], []

    async def main():
        try:
            got.append(await library.core.wait_for(event.wait(), 1))
        except library.core.TimeoutError:
            got.append("TimeoutError")

    def change():
        waited.append(len(event._line._waiters))
        event.set()
        event.clear()

    def check():
        assert got == [True] or (got == ["TimeoutError"] and waited == [0]), (waited, got)
        return got[0]

    return [("task", looped(library, main)), ("setter", change)], check


def event_of_tasks_and_two_setters(library):
    event = library.threadsafe.ThreadSafeEvent()
    core = library.core
    got = []

    async def wait():
        got.append(await event.wait())

    async def main():
        task = core.create_task(wait())
        await wait()
        await task

    def check():
        assert got == [True, True] and event.is_set() and not event._line.any(), got

    return [("tasks", looped(library, main)), *[("setter", event.set)] * 2], check


def event_waiter_cancelled(library):
    """A wait that is cancelled, and one whose time is up, as the event is set: the others go on."""
    event = library.threadsafe.ThreadSafeEvent()
    core = library.core
    got = []

    async def wait():
        got.append(await event.wait())

    async def main():
        task = core.create_task(event.wait())
        other = core.create_task(wait())
        await cancelled(core, task)
        await other

    def check():
        assert sorted(got, key=str) in ([True, True], ["TimeoutError", True]) and not event._line.any(), got
        return len(set(got))

    timed = ("timed", lambda: got.append(outcome(event.wait_sync, 1)))
    return [("tasks", looped(library, main)), timed, ("setter", lambda: (pass_time(1), event.set()))], check


def message_of_two_setters(library):
    """What stays has the last number: none is counted twice, or published behind a later one."""
    message = library.threadsafe.Message()
    numbers = []

    def change(value):
        message.set(value)
        numbers.append(message.sequence)

    def check():
        assert message.sequence == 2 and max(numbers) == 2, (message.sequence, numbers)
        return message.value()

    return [("setter", lambda: change(1)), ("another", lambda: change(2))], check


def message_of_threads(library):
    """Two threads wait while one sets 1, clears and sets 2: each gets one of them, and 2 stays."""
    message = library.threadsafe.Message()
    got = []

    def change():
        message.set(1)
        message.clear()
        message.set(2)

    def check():
        assert len(got) == 2 and set(got) <= {1, 2}, got
        assert message.is_set() and message.value() == 2 and not message._line.any()
        return tuple(sorted(got))

    waiter = ("waiter", lambda: got.append(message.wait_sync()))
    return [waiter, waiter, ("setter", change)], check


def message_set_against_clear(library):
    """A value that is set while an earlier one is cleared is not lost."""
    message = library.threadsafe.Message()
    message.set(1)

    def check():
        assert message.value() == 2, message.value()
        return message.is_set()

    return [("clears", message.clear), ("sets", partial(message.set, 2))], check


def message_iterated(library):
    """`async for` gives values in order, none twice, and the last one, though another clears."""
    message = library.threadsafe.Message()
    got = []
    reader = message.__aiter__()  # before all: an iteration that begins after a `clear` does not give what was cleared

    async def main():
        async for value in reader:
            got.append(value)
            if value == 3:
                break

    def change():
        for n in (1, 2, 3):
            message.set(n)

    def check():
        assert got == sorted(set(got)) and got[-1] == 3, got
        return tuple(got)

    return [("task", looped(library, main)), ("setter", change), ("clears", message.clear)], check


def message_waiter_cancelled(library):
    message = library.threadsafe.Message()
    core = library.core
    got = []

    async def wait():
        got.append(await message)

    async def main():
        task = core.create_task(message.wait())
        other = core.create_task(wait())
        await cancelled(core, task)
        await other

    def check():
        assert got == [1] and not message._line.any(), got

    return [("tasks", looped(library, main)), ("setter", partial(message.set, 1))], check
