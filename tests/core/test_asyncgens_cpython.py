"""Asynchronous generators that are left before their end: their `finally` blocks run in the loop."""

import gc
import sys
import threading

import pytest

from support import run

pytestmark = pytest.mark.cpython


async def numbers(core, log, name=""):
    try:
        for n in range(10):
            yield n
            await core.sleep(0)
    finally:
        await core.sleep_ms(1)
        log.append("closed" + name)


def test_one_that_is_left_is_closed_by_a_task_of_the_loop(core):
    log = []

    async def main():
        async for n in numbers(core, log):
            if n == 2:
                break
        gc.collect()
        await core.sleep_ms(20)
        return list(log)

    assert run(core, main) == ["closed"]


def test_one_that_is_left_when_the_loop_is_closed_is_closed_then(core):
    log, kept = [], []
    core.new_event_loop()

    async def main(name):
        generator = numbers(core, log, name)
        kept.append(generator)
        await generator.__anext__()

    core.run(main(" 1"))
    core.run(main(" 2"))
    assert log == []
    core.new_event_loop()
    assert sorted(log) == ["closed 1", "closed 2"]


def test_one_that_the_last_task_leaves_as_it_is_cancelled_is_closed_too(core):
    """Its ring came after the last turn."""
    log = []
    core.new_event_loop()

    async def task():
        async for _ in numbers(core, log):
            await core.Event().wait()

    async def main():
        core.create_task(task())
        await core.sleep_ms(1)

    core.run(main())
    core.new_event_loop()
    assert log == ["closed"]


def test_one_that_ended_is_forgotten(core):
    log = []

    async def main():
        assert [n async for n in numbers(core, log)] == list(range(10))
        return len(core.get_event_loop().asyncgens.alive)

    assert run(core, main) <= 1
    assert log == ["closed"]


def test_what_one_raises_as_it_is_closed_is_reported(core):
    contexts = []

    async def failing():
        try:
            yield 1
        finally:
            raise ValueError("mine")

    async def main():
        core.get_event_loop().set_exception_handler(lambda loop, context: contexts.append(context))
        async for _ in failing():
            break
        gc.collect()
        await core.sleep_ms(5)

    run(core, main)
    assert [str(context["exception"]) for context in contexts] == ["mine"]


def test_one_that_a_thread_drops_is_closed_in_the_loop(core):
    log, here = [], []

    async def generator():
        try:
            yield 1
        finally:
            here.append(threading.get_ident())
            log.append("closed")

    async def main():
        box = [generator()]
        await box[0].__anext__()
        thread = threading.Thread(target=box.clear)
        thread.start()
        thread.join()
        await core.sleep_ms(20)

    run(core, main)
    assert (log, here) == (["closed"], [threading.get_ident()])


def test_the_hooks_are_as_before_after_a_run(core):
    before = sys.get_asyncgen_hooks()

    async def main():
        assert sys.get_asyncgen_hooks() != before

    run(core, main)
    assert sys.get_asyncgen_hooks() == before
