"""Ctrl-C while a loop runs: it harms nothing but what it is meant for, and the next run finds all tasks in place."""

import signal
import socket
import threading
from functools import partial

import pytest

from support import run

pytestmark = pytest.mark.cpython


interrupt = partial(signal.raise_signal, signal.SIGINT)  # in C: the frame that it finds is its caller's


def interrupted_first(function, module=None, times=1):
    """`function`, with Ctrl-C `times` at its first bytecodes, in code that belongs to the module named."""
    space = {"__name__": module or function.__module__, "function": function, "signals": [interrupt] * times}
    exec("def wrapped(*args):\n    while signals: signals.pop()()\n    return function(*args)", space)
    return space["wrapped"]


class Waiter:
    """What core tells of the end of a task, with Ctrl-C just before it notes that in `log`."""

    def __init__(self, core, times):
        self.log = []
        self.child_done = interrupted_first(self.log.append, core.__name__ + ".waiter", times)


async def value():
    return 5


def test_ctrl_c_within_the_scheduler_leaves_no_task_behind(core, monkeypatch):
    """It came as a task told its group that it had ended: the group, not told, would have waited for ever."""
    core.new_event_loop()
    monkeypatch.setattr(core.TaskGroup, "child_done", interrupted_first(core.TaskGroup.child_done))
    log = []

    async def child():
        await core.sleep(0)
        log.append("child")

    async def main():
        async with core.TaskGroup() as group:
            group.create_task(child())
        log.append("group")

    async def shutdown():
        await core.wait_for(core.sleep_ms(20), 10)
        return "shut down"

    with pytest.raises(KeyboardInterrupt):
        core.run(main())
    assert core.run(shutdown()) == "shut down"
    assert log == ["child", "group"]


def test_ctrl_c_within_a_stream_leaves_it_usable(core, monkeypatch):
    core.new_event_loop()
    here, there = socket.socketpair()
    there.send(b"abc")
    monkeypatch.setattr(core.Stream, "_keep", interrupted_first(core.Stream._keep))
    got = []

    async def main():
        got.append(await core.Stream(here).readexactly(6))

    async def send():
        there.send(b"def")
        await core.sleep_ms(20)

    with here, there:
        with pytest.raises(KeyboardInterrupt):
            core.run(main())
        core.run(send())
        assert got == [b"abcdef"]
        core.new_event_loop()


def test_in_a_tasks_own_code_it_is_raised_there(core):
    core.new_event_loop()
    log = []

    async def main():
        try:
            interrupt()
            log.append("not here")
        except KeyboardInterrupt:
            log.append("caught")
        return 5

    assert core.run(main()) == 5
    assert log == ["caught"]


def test_an_idle_loop_is_ended_and_its_main_task_goes_on_at_the_next_run(core):
    core.new_event_loop()
    event = core.Event()

    async def main():
        await event.wait()
        return "ended"

    async def second():
        event.set()
        return await task

    task = core.create_task(main())
    threading.Timer(0.05, signal.pthread_kill, (threading.get_ident(), signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        core.get_event_loop().run_until_complete(task)
    assert core.run(second()) == "ended"


def test_one_in_the_last_pass_ends_that_run_and_no_other(core):
    loop = core.new_event_loop()
    task = loop.create_task(value())
    waiter = Waiter(core, 1)
    task.add_waiter(waiter)
    with pytest.raises(KeyboardInterrupt):
        loop.run_until_complete(task)
    assert waiter.log == [task] and task.result() == 5
    assert core.run(value()) == 5


def test_a_second_one_does_not_wait(core):
    loop = core.new_event_loop()
    task = loop.create_task(value())
    waiter = Waiter(core, 2)
    task.add_waiter(waiter)
    with pytest.raises(KeyboardInterrupt):
        loop.run_until_complete(task)
    assert waiter.log == []
    assert core.run(value()) == 5
    core.new_event_loop()


def test_the_programs_own_handler_is_left_alone(core):
    core.new_event_loop()
    log = []

    async def main():
        interrupt()
        signal.signal(signal.SIGINT, later)
        interrupt()

    def mine(number, frame):
        log.append("mine")

    def later(number, frame):
        log.append("later")

    default = signal.signal(signal.SIGINT, mine)
    try:
        core.run(main())
        assert log == ["mine", "later"] and signal.getsignal(signal.SIGINT) is later
        signal.signal(signal.SIGINT, signal.default_int_handler)
        core.run(setting(later))
        assert signal.getsignal(signal.SIGINT) is later
        signal.signal(signal.SIGINT, signal.default_int_handler)
        core.run(value())
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, default)


async def setting(handler):
    signal.signal(signal.SIGINT, handler)


def test_a_loop_of_another_thread_leaves_ctrl_c_to_the_main_thread(core):
    seen = []

    def other():
        run(core, look)

    async def look():
        seen.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=other)
    before = signal.getsignal(signal.SIGINT)
    thread.start()
    thread.join()
    assert seen == [before]
