"""Scenarios for `explorer.explore`: a wait is cancelled, or its time is up, as the notification comes that it was for.

Of two who wait one gives up; if it gets the thing all the same, it gives it back. So the other must get it.
"""

from functools import partial

from controlled import pass_time
from parts import cancelled, looped, outcome, settled


def get_timing_out_in_a_thread(library):
    queue = library.threadsafe.ThreadSafeQueue(1)
    got = []

    def give_up():
        item = outcome(queue.get_sync, True, 1)
        if item == "item":
            queue.put_sync(item)

    def check():
        assert got == ["item"], got
        settled(queue)

    return [
        ("gives up", give_up),
        ("getter", lambda: (pass_time(1), got.append(queue.get_sync(True)))),
        ("putter", partial(queue.put_sync, "item")),
    ], check


def put_timing_out_in_a_thread(library):
    queue = library.threadsafe.ThreadSafeQueue(1)
    queue.put_sync("first")
    got = []

    def give_up():
        if outcome(queue.put_sync, "mine", True, 1) is None:
            got.append(queue.get_sync())

    def check():
        assert sorted(got) in (["first"], ["first", "mine"]), got
        settled(queue, ["second"])

    return [
        ("gives up", give_up),
        ("putter", lambda: (pass_time(1), queue.put_sync("second", True))),
        ("getter", lambda: got.append(queue.get_sync())),
    ], check


def get_timing_out_in_a_task(library):
    queue = library.threadsafe.ThreadSafeQueue(1)
    got = []

    async def give_up():
        try:
            queue.put_sync(await queue.get(timeout=1))
        except library.core.TimeoutError:
            pass

    def check():
        assert got == ["item"], got
        settled(queue)

    return [
        ("gives up", looped(library, give_up)),
        ("getter", lambda: (pass_time(1), got.append(queue.get_sync(True)))),
        ("putter", partial(queue.put_sync, "item")),
    ], check


def wait_for_timing_out(library):
    """`wait_for(queue.get(), 1)` gives the item, or leaves it in the queue."""
    queue = library.threadsafe.ThreadSafeQueue(1)
    got = []

    async def main():
        try:
            got.append(await library.core.wait_for(queue.get(), 1))
        except library.core.TimeoutError:
            got.append("TimeoutError")

    def check():
        assert got in (["item"], ["TimeoutError"]), got
        settled(queue, [] if got == ["item"] else ["item"])
        return got[0]

    putter = ("putter", partial(queue.put_sync, "item"))
    return [("task", looped(library, main)), putter, ("time", partial(pass_time, 1))], check


def cancel_of_a_getting_task_beside_a_task(library):
    queue = library.threadsafe.ThreadSafeQueue(1)
    core = library.core
    got = []

    async def give_up():
        queue.put_sync(await queue.get())

    async def get():
        got.append(await queue.get())

    async def main():
        task = core.create_task(give_up())
        other = core.create_task(get())
        await cancelled(core, task)
        await other

    def check():
        assert got == ["item"], got
        settled(queue)

    return [("tasks", looped(library, main)), ("putter", partial(queue.put_sync, "item"))], check


def cancel_of_a_getting_task_beside_a_thread(library):
    queue = library.threadsafe.ThreadSafeQueue(1)
    core = library.core
    got = []

    async def give_up():
        queue.put_sync(await queue.get())

    async def main():
        await cancelled(core, core.create_task(give_up()))

    def check():
        assert got == ["item"], got
        settled(queue)

    return [
        ("task", looped(library, main)),
        ("getter", lambda: got.append(queue.get_sync(True))),
        ("putter", partial(queue.put_sync, "item")),
    ], check


def cancel_of_a_putting_task_beside_a_thread(library):
    queue = library.threadsafe.ThreadSafeQueue(1)
    queue.put_sync("first")
    core = library.core
    got = []

    async def give_up():
        await queue.put("mine")
        got.append(queue.get_sync())

    async def main():
        await cancelled(core, core.create_task(give_up()))

    def check():
        assert sorted(got) in (["first"], ["first", "mine"]), got
        settled(queue, ["second"])

    return [
        ("task", looped(library, main)),
        ("putter", partial(queue.put_sync, "second", True)),
        ("getter", lambda: got.append(queue.get_sync())),
    ], check


def cancel_by_a_task_that_is_woken_with_it(library):
    """One bell wakes two tasks, of which the first cancels the other before it has run."""
    queue = library.threadsafe.ThreadSafeQueue(1)
    event = library.threadsafe.ThreadSafeEvent()
    core = library.core
    got = []

    async def give_up():
        queue.put_sync(await queue.get())

    async def main():
        task = core.create_task(give_up())
        await event.wait()
        await cancelled(core, task, 0)

    def change():
        event.set()
        queue.put_sync("item")

    def check():
        assert got == ["item"], got
        settled(queue)

    return [
        ("tasks", looped(library, main)),
        ("getter", lambda: got.append(queue.get_sync(True))),
        ("setter", change),
    ], check
