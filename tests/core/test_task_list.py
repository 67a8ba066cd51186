"""The listing of tasks: each with its state, what it waits on and for how long, oldest first."""

import pytest

from support import MICROPYTHON, run, sleep_ms


@pytest.mark.rp2040(seeds=1)
def test_tasks_are_listed_oldest_first_with_what_they_wait_on(core):
    async def main():
        event, lock, flag = core.Event(), core.Lock(), core.ThreadSafeFlag()
        await lock.acquire()
        waits = [event.wait, lock.acquire, flag.wait, lambda: core.sleep(50)]
        tasks = [core.create_task(waiting(wait)) for wait in waits]
        tasks.append(core.create_task(waiting(lambda: tasks[0])))
        tasks.append(core.create_task(core.gather(tasks[0])))
        await core.sleep_ms(1)
        assert [info.state for info in core.tasks() if info.task is core.current_task()] == ["running"]
        infos = core.tasks()[-6:]
        for task in tasks:
            task.cancel()
        return [(info.state, info.waits_on) for info in infos]

    async def waiting(wait):
        await wait()

    found = run(core, main)
    assert {state for state, _ in found} == {"waiting"}
    words = [text for _, text in found]
    assert words[:3] == ["Event", "Lock", "ThreadSafeFlag"]
    assert words[3].startswith("sleep, ") and words[3].endswith(" s left")
    assert words[4].startswith("<Task") and words[5] == "gather"


def test_what_waits_in_threadsafe_is_named(core, threadsafe, offload):
    async def main():
        tasks = [core.create_task(threadsafe.ThreadSafeQueue(1).get()), core.create_task(threadsafe.Message().wait())]
        gate = threadsafe.ThreadSafeEvent()
        tasks.append(core.create_task(offload.unblock(gate.wait_sync, 5)))
        await core.sleep_ms(1)
        words = [info.waits_on for info in core.tasks()[-3:]]
        gate.set()
        await tasks.pop()
        for task in tasks:
            task.cancel()
        return words

    words = run(core, main)
    assert words[:2] == ["ThreadSafeQueue", "ThreadSafeEvent or Message"]
    assert words[2].endswith(", offloaded")


@pytest.mark.cpython
def test_whatever_of_threadsafe_a_task_waits_on_has_its_own_word(core, threadsafe):
    async def main():
        lock = threadsafe.ThreadSafeLock()
        await lock.acquire()
        waits = {
            "ThreadSafeQueue": threadsafe.ThreadSafeQueue(1).get_many(),
            "Broadcast": threadsafe.Broadcast(1).subscribe().get(),
            "BytePipe": threadsafe.BytePipe(1).read(1),
            "Snapshot": threadsafe.Snapshot(1).changed(),
            "ThreadSafeLock or ThreadSafeSemaphore": lock.acquire(),
        }
        tasks = [core.create_task(wait) for wait in waits.values()]
        await core.sleep_ms(1)
        words = [info.waits_on for info in core.tasks()[-len(tasks) :]]
        for task in tasks:
            task.cancel()
        return list(waits), words

    expected, words = run(core, main)
    assert words == expected


def test_what_waits_in_primitives_is_named(core, primitives):
    async def hold(condition):
        async with condition:
            await condition.wait()

    async def main():
        full, ring = primitives.Queue(1), primitives.RingbufQueue(1)
        full.put_nowait(1)
        ring.put_nowait(1)
        waits = [
            (full.put(2), "Queue, to put"),
            (primitives.Queue().get(), "Queue, to get"),
            (ring.put(2), "RingbufQueue, to put"),
            (primitives.Barrier(2).wait(), "Barrier"),
            (primitives.Semaphore(0).acquire(), "Semaphore"),
            (primitives.WaitAny((core.Event(), core.Event())).wait(), "WaitAny"),
            (primitives.WaitAll((core.Event(), core.Event())).wait(), "WaitAll"),
            (hold(primitives.Condition()), "Condition"),
        ]
        tasks = [core.create_task(wait) for wait, _ in waits]
        for _ in range(4):
            await core.sleep(0)
        found = core.tasks()
        assert [info.waits_on for info in found if info.task in tasks] == [words for _, words in waits]
        for task in tasks:
            task.cancel()

    run(core, main)


def test_a_task_that_is_ready_and_one_about_to_fail_say_so(core):
    async def main():
        ready = core.create_task(core.sleep(0))
        failing = core.create_task(core.Event().wait())
        await core.sleep(0)
        failing.cancel()
        return [(info.state, info.waits_on) for info in core.tasks() if info.task in (ready, failing)]

    states = run(core, main)
    assert states[0] == ("ready", "")
    assert states[1][0] == "failing" and "Cancelled" in states[1][1]


@pytest.mark.cpython
def test_it_says_for_how_long_a_task_has_waited(core):
    async def main():
        first = core.create_task(core.Event().wait())
        await core.sleep_ms(60)
        second = core.create_task(core.Event().wait())
        await core.sleep_ms(20)
        infos = core.tasks()
        found = [info.since for info in infos if info.task in (first, second)]
        first.cancel()
        second.cancel()
        return found

    first, second = run(core, main)
    assert 0.075 < first < 5 and 0.015 < second < first - 0.05


@pytest.mark.cpython
def test_the_time_is_known_of_a_loop_that_is_never_idle(core):
    async def busy(over):
        while not over:
            sleep_ms(1)
            await core.sleep(0)

    async def main():
        over = []
        core.create_task(busy(over))
        for _ in range(100):
            await core.sleep(0)
        task = core.create_task(core.Event().wait())
        for _ in range(200):
            await core.sleep(0)
        (since,) = [info.since for info in core.tasks() if info.task is task]
        over.append(True)
        task.cancel()
        return since

    assert 0.15 < run(core, main) < 5


@pytest.mark.rp2040(seeds=1)
def test_the_listing_is_a_table_with_a_row_for_each(core):
    async def main():
        task = core.create_task(core.Event().wait())
        await core.sleep(0)
        text = core.listing()
        task.cancel()
        return text

    lines = run(core, main).split("\n")
    assert lines[0].split() == ["TASK", "STATE", "WAITS", "ON", "SINCE"]
    assert any("Event" in line and "waiting" in line for line in lines[1:])
    assert any("running" in line for line in lines[1:])


def test_the_loop_of_another_kind_can_be_given(core):
    loop = core.new_event_loop()
    task = core.create_task(core.sleep(1))
    assert [info.task for info in core.tasks(loop)] == [task]
    if MICROPYTHON:
        assert core.tasks(loop)[0].since is None
    core.new_event_loop()
