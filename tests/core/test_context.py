"""One current loop per thread: what each thread gets, and what a thread without a loop is told."""

import pytest

from support import run, start_thread


async def value(result):
    return result


def test_each_thread_has_a_loop_of_its_own(core):
    """Defect 37: upstream has one loop and one current task for the whole program."""

    def elsewhere():
        async def other():
            await core.sleep_ms(1)
            return core.get_event_loop(), core.current_task()

        return core.run(other())

    async def main():
        loop, task = core.get_event_loop(), core.current_task()
        thread = start_thread(elsewhere)
        while not thread.finished:
            await core.sleep_ms(1)
            assert core.get_event_loop() is loop
            assert core.current_task() is task
        other_loop, other_task = thread.join()
        assert other_loop is not loop and other_task is not task

    run(core, main)


@pytest.mark.rp2040
def test_two_loops_run_at_once_and_talk_through_flags(core):
    there, back = core.ThreadSafeFlag(), core.ThreadSafeFlag()
    log = []

    async def echo():
        for _ in range(10):
            await there.wait()
            log.append("there")
            back.set()

    def elsewhere():
        core.run(echo())

    async def main():
        thread = start_thread(elsewhere)
        for _ in range(10):
            there.set()
            await back.wait()
            log.append("back")
        thread.join()

    run(core, main)
    assert log == ["there", "back"] * 10


@pytest.mark.rp2040
def test_two_loops_with_tasks_of_their_own_trade_items_both_ways(core, threadsafe):
    """On each side tasks sleep, spawn and cancel, each finds its own loop, and no item is lost or out of order."""
    there, back = threadsafe.ThreadSafeQueue(3), threadsafe.ThreadSafeQueue(3)
    count = 30
    homes = []

    async def busy(loop, over):
        turns = 0
        while not over:
            await core.sleep_ms(turns % 2)
            assert core.get_event_loop() is loop
            turns += 1
        return turns

    async def side(get, put, first):
        loop, over = core.get_event_loop(), []
        homes.append(loop)
        others = [core.create_task(busy(loop, over)) for _ in range(3)]
        gone = core.create_task(core.sleep(100))
        got = []
        for n in range(count):
            if first:
                await put.put(n)
                got.append(await get.get())
            else:
                got.append(await get.get())
                await put.put(n)
        over.append(True)
        gone.cancel()
        assert min(await core.gather(*others)) > 0
        return got

    def elsewhere():
        return core.run(side(there, back, False))

    async def main():
        thread = start_thread(elsewhere)
        got = await side(back, there, True)
        while not thread.finished:
            await core.sleep_ms(1)
        return got, thread.join()

    assert run(core, main) == (list(range(count)), list(range(count)))
    assert homes[0] is not homes[1]


def test_run_in_a_thread_makes_a_loop_there_and_may_be_repeated(core):
    def elsewhere():
        return [core.run(value(1)), core.run(value(2))]

    assert start_thread(elsewhere).join() == [1, 2]


def test_new_event_loop_in_a_thread_leaves_the_main_threads_alone(core):
    loop = core.new_event_loop()

    def elsewhere():
        mine = core.new_event_loop()
        return mine is core.get_event_loop() and mine is not loop

    assert start_thread(elsewhere).join()
    assert core.get_event_loop() is loop


def test_a_thread_without_a_loop_gets_one_while_none_runs(core):
    core.new_event_loop()

    def elsewhere():
        task = core.create_task(value(3))
        return core.get_event_loop().run_until_complete(task)

    assert start_thread(elsewhere).join() == 3


def test_while_a_loop_runs_a_thread_without_one_is_told_what_to_use(core):
    async def main():
        with pytest.raises(core.WrongContextError, match="ThreadSafeQueue, ThreadSafeEvent, Message"):
            start_thread(core.get_event_loop).join()

    run(core, main)


def test_a_thread_has_no_current_task(core):
    async def main():
        with pytest.raises(RuntimeError, match="no running event loop"):
            start_thread(core.current_task).join()

    run(core, main)


@pytest.mark.parametrize("method", ["run_forever", "stop"])
def test_a_loop_is_run_and_stopped_by_its_own_thread_only(core, method):
    loop = core.new_event_loop()
    with pytest.raises(core.WrongContextError):
        start_thread(getattr(loop, method)).join()


@pytest.mark.cpython
def test_a_thread_does_not_inherit_the_loop_of_one_that_ended(core):
    """The system gives idents again: the task would be created on a loop that nobody runs."""
    import threading

    loops, idents = [], []

    def elsewhere():
        idents.append(threading.get_ident())
        loops.append(core.get_event_loop())

    core.new_event_loop()
    for _ in range(20):
        thread = threading.Thread(target=elsewhere)
        thread.start()
        thread.join()
    assert len({id(loop) for loop in loops}) == 20
    if len(set(idents)) == 20:
        pytest.skip("the system gave no ident twice")
