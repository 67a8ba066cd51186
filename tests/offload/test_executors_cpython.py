"""A pool with an executor: the same calls and words, in processes; what can't hold is refused, faults are named."""

import gc
import inspect
import os
import pickle
import re
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

import far_work
from support import run, submodule, ticks_diff, ticks_ms

pytestmark = pytest.mark.cpython


def error_of(core, pool, fn, *args):
    """What awaiting the call raises."""

    async def main():
        try:
            await pool.assign(fn, *args)
        except BaseException as error:
            return error
        raise AssertionError("it returned")

    return run(core, main)


@pytest.fixture
def pool(core, offload):
    pool = offload.Pool(1, "far", executor="process")
    yield pool
    run(core, pool.close, 5)


@pytest.fixture
def fifo(tmp_path):
    path = tmp_path / "fifo"
    os.mkfifo(path)
    return str(path)


def read(fifo):
    with open(fifo) as file:
        return file.read()


def write(fifo, text="go"):
    with open(fifo, "w") as file:
        file.write(text)


def lost(offload):
    return submodule(offload, "executors_cpython").JobLost


# What holds.


def test_jobs_are_done_in_other_processes_and_counted(core, offload):
    async def main():
        async with offload.Pool(2, executor="process") as pool:
            jobs = [pool.assign(far_work.pid, n) for n in range(20)]
            pids = set(await core.gather(*jobs))
            with pytest.raises(ValueError, match="no") as caught:
                await pool.assign(far_work.fail, ValueError, "no")
            statistics = pool.statistics()
        return pids, caught.value, statistics

    pids, error, statistics = run(core, main)
    assert os.getpid() not in pids and 1 <= len(pids) <= 2
    assert "in fail" in str(error.__cause__)  # where it was raised there
    longest = statistics.pop("longest")
    assert 0 < longest < 10
    none = ("queued", "running", "abandoned", "threads", "unstarted")
    assert statistics == {"done": 20, "failed": 1, **dict.fromkeys(none, 0)}


def test_submit_does_not_keep_the_loop_while_a_process_starts(core, offload):
    """Nor while arguments are pickled: these take 0.3 s."""
    taken = []

    class Slow:
        def __reduce__(self):
            threading.Event().wait(0.3)
            return int, ()

    async def main():
        async with offload.Pool(1, executor="process") as pool:
            job = pool.assign(far_work.give, Slow())
            start = ticks_ms()
            job.start()
            taken.append(ticks_diff(ticks_ms(), start))
            return await job

    assert run(core, main) == 0
    assert taken[0] < 200


def test_one_that_waits_in_line_is_withdrawn_and_its_function_never_called(core, offload, pool, fifo, tmp_path):
    async def main():
        first = core.create_task(awaiting(pool.assign(far_work.wait_for_word, fifo)))
        await core.sleep(0)
        second = core.create_task(awaiting(pool.assign(far_work.die_the_first_time, str(tmp_path / "called"))))
        await core.sleep(0)
        while pool.statistics()["running"] != 1:
            await core.sleep_ms(1)
        assert pool.statistics()["queued"] == 1
        second.cancel()
        await core.gather(second, return_exceptions=True)
        await offload.unblock(write, fifo)
        return await first

    assert run(core, main) == "go"
    run(core, pool.close)
    assert not (tmp_path / "called").exists()
    assert pool.statistics()["done"] == 1 and pool.statistics()["failed"] == 0


@pytest.mark.parametrize("on_cancel", ["abandon", "wait"])
def test_the_caller_of_one_that_runs_goes_at_once_or_when_it_has_ended(core, offload, pool, fifo, on_cancel):
    order = []
    dropped = []

    async def caller():
        try:
            await pool.assign(far_work.wait_for_word, fifo).options(
                on_cancel=on_cancel, dropped=lambda *outcome: dropped.append(outcome)
            )
        finally:
            order.append("caller")

    async def main():
        task = core.create_task(caller())
        await core.sleep(0)
        while pool.statistics()["running"] != 1:
            await core.sleep_ms(1)
        task.cancel()
        for _ in range(5):
            await core.sleep(0)
        order.append("word")
        await offload.unblock(write, fifo)
        with pytest.raises(core.CancelledError):
            await task
        await pool.close()

    run(core, main)
    assert order == (["caller", "word"] if on_cancel == "abandon" else ["word", "caller"])
    assert pool.statistics()["abandoned"] == (on_cancel == "abandon")
    assert dropped == [("go", None)]


def test_a_timeout_lets_the_caller_go_and_the_slot_stays_taken_until_the_function_ends(core, offload, pool, fifo):
    async def main():
        with pytest.raises(core.TimeoutError, match="wait_for_word"):
            await pool.assign(far_work.wait_for_word, fifo).options(timeout=0.5)
        assert pool.statistics()["running"] == 1
        await offload.unblock(write, fifo)
        return await pool.assign(far_work.give, 3)

    assert run(core, main) == 3


def test_more_jobs_than_the_line_holds_wait_their_turn(core, offload):
    async def main():
        async with offload.Pool(2, qsize=2, executor="process") as pool:
            return await core.gather(*[pool.assign(far_work.give, n) for n in range(30)])

    assert run(core, main) == list(range(30))


def test_a_limiter_is_held_while_a_job_runs_and_given_back(core, threadsafe, offload):
    limiter = threadsafe.ThreadSafeSemaphore(1)

    async def main():
        async with offload.Pool(2, limiter=limiter, executor="process") as pool:
            await core.gather(*[pool.assign(far_work.give, n) for n in range(10)])
            with pytest.raises(pickle.PicklingError):
                await pool.assign(far_work.give, lambda: None)
        await limiter.acquire()

    run(core, main)


def test_a_feeder_with_nothing_to_do_ends_and_another_comes(core, offload):
    async def main():
        async with offload.Pool(1, "idle one", idle=0.02, executor="process") as pool:
            for n in range(3):
                assert await pool.assign(far_work.give, n) == n
                while any(thread.name == "idle one feeder" for thread in threading.enumerate()):
                    await core.sleep_ms(5)

    run(core, main)


def test_quick_jobs_follow_one_another_and_the_feeder_is_not_woken_for_each(core, offload):
    """Whatever becomes of those in between; and there are never more at the executor than there may be."""
    threads = []

    class Noting:
        def __reduce__(self):
            threads.append(threading.current_thread().name)
            return int, ()

    async def main():
        async with offload.Pool(2, "quick", executor="process") as pool:
            await core.gather(*[pool.assign(far_work.pid) for _ in range(2)])
            jobs = [pool.assign(far_work.give, n if n % 10 else Noting()) for n in range(300)]
            jobs[50] = pool.assign(far_work.give, lambda: None)
            jobs[100] = pool.assign(far_work.fail, ValueError, "no")
            tasks = [core.create_task(awaiting(job)) for job in jobs]
            await core.sleep(0)
            for n in range(205, 300, 10):
                tasks[n].cancel()
            most = 0
            while not all(task.done() for task in tasks):
                most = max(most, pool.statistics()["running"])
                await core.sleep_ms(1)
            statistics = pool.statistics()
            return most, statistics, await core.gather(*tasks, return_exceptions=True)

    most, statistics, results = run(core, main)
    assert most <= 2
    assert 290 <= statistics["done"] <= 300 and statistics["failed"] == 2  # with the first 2; up to 10 were withdrawn
    for n, result in enumerate(results):
        if n >= 205 and n % 10 == 5:
            assert isinstance(result, core.CancelledError)
        else:
            assert type(result) is {50: pickle.PicklingError, 100: ValueError}.get(n, int)
            assert n in (50, 100) or result == (n if n % 10 else 0)
    assert any(name != "quick feeder" for name in threads), "none was taken there without the feeder"


def test_a_process_leaves_ctrl_c_to_its_parent(core, pool):
    async def main():
        pid = await pool.assign(far_work.pid)
        os.kill(pid, signal.SIGINT)
        return pid, await pool.assign(far_work.pid)

    before, after = run(core, main)
    assert before == after


# What executors there are.


def test_a_process_pool_of_the_caller_s_own_stays_open(core, offload):
    async def main(executor):
        async with offload.Pool(2, executor=executor) as pool:
            assert await pool.assign(far_work.pid) != os.getpid()

    with ProcessPoolExecutor(1, get_context("forkserver")) as executor:
        run(core, main, executor)
        assert executor.submit(far_work.give, 4).result(10) == 4


def test_in_an_executor_of_threads_the_words_for_threads_hold(core, offload):
    from contextvars import ContextVar

    variable = ContextVar("variable")
    seen = []

    def work():
        offload.progress(1)
        seen.append((variable.get(), offload.cancelled(), offload.from_thread.run_sync(threading.get_ident)))
        return lambda: 5  # nothing is pickled

    async def main(executor):
        variable.set("travels")
        async with offload.Pool(2, executor=executor) as pool:
            result = await pool.assign(work).options(on_cancel="signal", progress=seen.append)
            return result()

    with ThreadPoolExecutor(1) as executor:
        assert run(core, main, executor) == 5
    assert sorted(seen, key=str) == [("travels", False, threading.get_ident()), 1]


def test_an_executor_of_any_other_kind(core, offload):
    class Own(Executor):
        def submit(self, fn, /, *args, **kwargs):
            future = Future()
            future.set_result(fn(*args, **kwargs))
            return future

    async def main():
        async with offload.Pool(1, executor=Own()) as pool:
            return await pool.assign(lambda n: n + 1, 4)

    assert run(core, main) == 5


def test_what_is_no_executor_is_refused_with_what_could_be(offload):
    for wrong in ("processes", 4, ThreadPoolExecutor):
        with pytest.raises(TypeError, match="process, interpreter, dask"):
            offload.Pool(1, executor=wrong)


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="this Python has interpreters")
def test_interpreters_are_refused_where_python_has_none(offload):
    with pytest.raises(RuntimeError, match=r"needs Python 3\.14 or later; this is 3"):
        offload.Pool(1, executor="interpreter")


@pytest.mark.skipif(sys.version_info < (3, 14), reason="needs an InterpreterPoolExecutor")
def test_interpreters(core, offload):
    async def main():
        async with offload.Pool(2, executor="interpreter") as pool:
            return await pool.assign(far_work.give, 4)

    assert run(core, main) == 4


# What can't hold.


def test_a_signal_or_progress_can_t_reach_another_process(core, offload, pool):
    with pytest.raises(ValueError, match="on_cancel='signal' can't reach a function in another process"):
        offload.Pool(1, executor="process", on_cancel="signal")
    with pytest.raises(ValueError, match="on_cancel='signal' can't reach"):
        pool.assign(far_work.pid).options(on_cancel="signal")
    with pytest.raises(ValueError, match="progress can't reach"):
        pool.assign(far_work.pid).options(progress=print)


@pytest.mark.parametrize("name", ["cancelled", "checkpoint", "progress", "from_thread"])
def test_what_a_function_in_a_thread_may_ask_is_refused_in_a_process(core, pool, name):
    error = error_of(core, pool, far_work.ask, "twincore", name)
    assert type(error) is RuntimeError and "a thread of offload runs" in str(error)


def test_a_function_that_can_t_be_pickled_is_named_and_not_sent(core, pool):
    def nested():
        pass

    for fn, name in ((nested, "nested"), (lambda: None, "<lambda>")):
        error = error_of(core, pool, fn)
        assert isinstance(error, pickle.PicklingError)
        assert "the function " in str(error) and name in str(error) and "top level of a module" in str(error)
    assert pool._remote._engine is None  # no process was made for that


def test_an_argument_that_can_t_be_pickled_is_named(core, pool):
    error = error_of(core, pool, far_work.give, (n for n in "ab"))
    assert isinstance(error, pickle.PicklingError) and "argument 1 of give, a generator" in str(error)


def test_an_argument_that_can_t_be_loaded_there(core, pool):
    error = error_of(core, pool, far_work.give, far_work.Stubborn())
    assert isinstance(error, pickle.UnpicklingError) and "give or its arguments" in str(error)
    assert "OSError: not here" in str(error)


def test_a_result_that_can_t_be_pickled_is_named(core, pool):
    error = error_of(core, pool, far_work.give_lambda)
    assert isinstance(error, pickle.PicklingError) and "the result of give_lambda, a function" in str(error)


@pytest.mark.parametrize(
    "name, args, text", [("Unpicklable", ["the text"], "the text"), ("TwoArguments", [7, "the text"], "7: the text")]
)
def test_an_exception_that_can_t_be_pickled_or_not_loaded_comes_as_text(core, offload, pool, name, args, text):
    error = error_of(core, pool, far_work.fail_by_name, name, *args)
    assert type(error) is submodule(offload, "executors_cpython").RemoteError
    assert error.name == name and error.text == text and "in fail_by_name" in error.traceback
    assert f"{name}: {text}" in str(error) and "in fail_by_name" in str(error)
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


def test_one_that_raises_stopiteration_or_exits_does_not_hang_nor_end_the_process(core, pool):
    before = run(core, lambda: awaiting(pool.assign(far_work.pid)))
    error = error_of(core, pool, far_work.fail, StopIteration, 3)
    assert type(error) is RuntimeError and "fail raised StopIteration" in str(error)
    error = error_of(core, pool, far_work.fail, SystemExit, 3)
    assert type(error) is SystemExit and error.code == 3
    error = error_of(core, pool, far_work.fail, KeyboardInterrupt)
    assert type(error) is KeyboardInterrupt
    assert run(core, lambda: awaiting(pool.assign(far_work.pid))) == before


async def awaiting(job):
    return await job


# Processes that end.


def test_a_process_that_ends_is_told_and_the_pool_goes_on_with_new_ones(core, offload, pool):
    for fn, args, how in (
        (far_work.leave, (7,), "leave was lost with its process: one of far's ended with exit code 7"),
        (far_work.leave, (1,), "a main module guards what it runs"),
        (far_work.die, (), "die was lost with its process: one of far's was killed by SIGKILL"),
    ):
        error = error_of(core, pool, fn, *args)
        assert type(error) is lost(offload) and how in str(error)
        assert run(core, lambda: awaiting(pool.assign(far_work.give, 2))) == 2


def test_all_jobs_that_ran_are_told_those_in_line_are_done(core, offload, fifo):
    async def main():
        async with offload.Pool(2, "two", executor="process") as pool:
            busy = core.create_task(awaiting(pool.assign(far_work.say_and_wait, fifo)))
            dies = core.create_task(awaiting(pool.assign(far_work.wait_and_die, fifo + "2")))
            waiting = [core.create_task(awaiting(pool.assign(far_work.give, n))) for n in range(5)]
            pid = int(await offload.unblock(read, fifo))
            await offload.unblock(write, fifo + "2")
            errors = await core.gather(busy, dies, return_exceptions=True)
            return pid, errors, await core.gather(*waiting)

    os.mkfifo(fifo + "2")
    pid, errors, results = run(core, main)
    assert [type(error) for error in errors] == [lost(offload)] * 2
    assert [str(error).split()[0] for error in errors] == ["say_and_wait", "wait_and_die"]
    assert all("one of two's was killed by SIGKILL" in str(error) for error in errors)
    assert results == list(range(5))
    assert far_work.has_ended(pid)


def test_a_process_killed_from_outside_in_the_middle_of_a_job(core, offload, pool, fifo):
    async def main():
        task = core.create_task(awaiting(pool.assign(far_work.say_and_wait, fifo)))
        pid = int(await offload.unblock(read, fifo))
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(lost(offload), match="say_and_wait was lost .* killed by SIGKILL"):
            await task

    run(core, main)


def test_a_given_executor_that_broke_is_not_replaced_and_that_is_said(core, offload):
    with ProcessPoolExecutor(1, get_context("forkserver")) as executor:
        pool = offload.Pool(1, executor=executor)
        for fn in (far_work.die, far_work.pid):
            error = error_of(core, pool, fn)
            assert type(error) is lost(offload)
            assert fn.__name__ in str(error) and "make a new one, and a pool for it" in str(error)
        run(core, pool.close)


# The end.


def test_closed_it_takes_no_more_and_its_processes_have_ended(core, offload):
    async def main():
        pool = offload.Pool(1, executor="process")
        pid = await pool.assign(far_work.pid)
        await pool.close()
        await pool.close()
        with pytest.raises(offload.WorkerClosed, match="takes no more jobs"):
            await pool.assign(far_work.pid)
        return pid

    assert far_work.has_ended(run(core, main))


def test_closed_before_its_first_job_it_ends_at_once(core, offload):
    run(core, offload.Pool(1, executor="process").close)


@pytest.mark.parametrize("drain", [True, False])
def test_close_does_what_is_queued_or_tells_that_it_is_not_done(core, offload, fifo, drain):
    async def main():
        pool = offload.Pool(1, executor="process")
        first = core.create_task(awaiting(pool.assign(far_work.wait_for_word, fifo)))
        second = core.create_task(awaiting(pool.assign(far_work.give, 2)))
        await core.sleep(0)
        while pool.statistics()["running"] != 1:
            await core.sleep_ms(1)
        closing = core.create_task(pool.close(drain=drain))
        await core.sleep(0)
        await offload.unblock(write, fifo)
        await closing
        return await core.gather(first, second, return_exceptions=True)

    first, second = run(core, main)
    assert first == "go"
    assert second == 2 if drain else type(second) is offload.WorkerClosed


def test_close_names_what_is_stuck_and_ends_its_process(core, offload, fifo):
    async def main():
        pool = offload.Pool(1, "stubborn", executor="process")
        running = core.create_task(awaiting(pool.assign(far_work.say_and_wait, fifo)))
        queued = core.create_task(awaiting(pool.assign(far_work.pid)))
        pid = int(await offload.unblock(read, fifo))
        with pytest.raises(core.TimeoutError) as caught:
            await pool.close(0.05)
        assert far_work.has_ended(pid)
        await pool.close(5)
        return str(caught.value), await core.gather(running, queued, return_exceptions=True)

    text, errors = run(core, main)
    assert [type(error) for error in errors] == [offload.WorkerClosed] * 2
    where = f"(in {line_of(far_work.say_and_wait, 'time.sleep')})"
    assert text == f"stubborn is still running say_and_wait in a process, which is killed {where} after 0.05 s"


def line_of(fn, text):
    """ "name, file:line" of the line of `fn` that has `text`."""
    lines, first = inspect.getsourcelines(fn)
    number = next(n for n, line in enumerate(lines, first) if text in line)
    return f"{fn.__name__}, {inspect.getsourcefile(fn)}:{number}"


async def until_begun(core, pool, count):
    """Wait until `count` jobs have been begun by the processes of `pool`."""
    side = sys.modules["twincore.offload.far_side_cpython"]
    while pool._remote._engine is None:
        await core.sleep_ms(2)
    while True:
        found = set()
        for note in Path(pool._remote._engine.stacks.folder).glob("*" + side.NOTE):
            found.add(side.LAYOUT.unpack(note.read_bytes())[0])
        if len(found - {0}) >= count:
            return
        await core.sleep_ms(2)


def test_close_says_of_each_process_where_it_is(core, offload, fifo):
    async def main():
        pool = offload.Pool(3, "stubborn", executor="process")
        jobs = [
            pool.assign(far_work.say_and_wait, fifo),
            pool.assign(far_work.wait_and_die, fifo + "2"),
            pool.assign(time.sleep, 60),
        ]
        tasks = [core.create_task(awaiting(job)) for job in jobs]
        await offload.unblock(read, fifo)
        await until_begun(core, pool, 3)
        with pytest.raises(core.TimeoutError) as caught:
            await pool.close(0.05)
        await core.gather(*tasks, return_exceptions=True)
        return str(caught.value)

    os.mkfifo(fifo + "2")
    text = run(core, main)
    opens, calls = line_of(far_work.wait_for_word, "open("), line_of(far_work.wait_and_die, "wait_for_word(")
    assert f"wait_and_die in a process, which is killed (in {opens}; called by {calls})" in text
    assert f"say_and_wait in a process, which is killed (in {line_of(far_work.say_and_wait, 'time.sleep')})" in text
    assert "sleep in a process, which is killed (in a function that is not Python's)" in text


def test_one_that_lets_no_other_thread_run_says_where_it_is(core, offload):
    """It holds the interpreter's lock for ever."""

    async def main():
        pool = offload.Pool(1, executor="process")
        task = core.create_task(awaiting(pool.assign(re.fullmatch, "(a+)+b", "a" * 60)))
        await until_begun(core, pool, 1)
        with pytest.raises(core.TimeoutError) as caught:
            await pool.close(0.05)
        await core.gather(task, return_exceptions=True)
        return str(caught.value)

    assert f"(in {line_of(re.fullmatch, 'return ')})" in run(core, main)


@pytest.mark.parametrize("asks", [True, False])
def test_one_that_can_t_say_where_it_is_is_named_and_ended_all_the_same(core, offload, fifo, asks):
    """For it is stopped; or the system has no such thing."""

    async def main():
        pool = offload.Pool(1, executor="process")
        task = core.create_task(awaiting(pool.assign(far_work.say_and_wait, fifo)))
        pid = int(await offload.unblock(read, fifo))
        os.kill(pid, signal.SIGSTOP)
        if not asks:
            pool._remote._engine.stacks = None
        with pytest.raises(core.TimeoutError) as caught:
            await pool.close(0.05)
        assert far_work.has_ended(pid)
        await core.gather(task, return_exceptions=True)
        return str(caught.value)

    why = "(it did not say where it is)" if asks else "(where it is can't be told on this system)"
    assert "say_and_wait in a process, which is killed " + why in run(core, main)


def test_cancelled_while_it_asks_close_ends_the_process(core, offload, fifo):
    async def main():
        pool = offload.Pool(1, executor="process")
        task = core.create_task(awaiting(pool.assign(far_work.say_and_wait, fifo)))
        pid = int(await offload.unblock(read, fifo))
        os.kill(pid, signal.SIGSTOP)  # no answer will come
        closing = core.create_task(pool.close(0))
        while not offload.pool("stacks").statistics()["running"]:
            await core.sleep_ms(1)
        closing.cancel()
        with pytest.raises(core.CancelledError):
            await closing
        assert far_work.has_ended(pid)
        return await core.gather(task, return_exceptions=True)

    assert [type(error) for error in run(core, main)] == [offload.WorkerClosed]


def test_of_a_function_in_an_executor_s_thread_close_says_where_it_is(core, threadsafe, offload):
    entered, opened = threadsafe.ThreadSafeEvent(), threadsafe.ThreadSafeEvent()

    def stubborn():
        entered.set()
        opened.wait_sync()

    async def main(executor):
        pool = offload.Pool(1, executor=executor)
        task = core.create_task(awaiting(pool.assign(stubborn)))
        await entered.wait()
        with pytest.raises(core.TimeoutError) as caught:
            await pool.close(0.05)
        opened.set()
        await core.gather(task, return_exceptions=True)
        return str(caught.value)

    with ThreadPoolExecutor(1) as executor:
        assert line_of(stubborn, "opened.wait_sync") in run(core, main, executor)


def test_the_folder_for_that_goes_with_the_executor(core, offload, pool, fifo):
    run(core, lambda: awaiting(pool.assign(far_work.pid)))
    first = pool._remote._engine.stacks.folder
    error_of(core, pool, far_work.die)
    run(core, lambda: awaiting(pool.assign(far_work.pid)))
    second = pool._remote._engine.stacks.folder
    assert os.listdir(second)
    gc.collect()
    assert not os.path.exists(first)
    run(core, pool.close)
    assert not os.path.exists(second)


PROGRAM = """
import sys, time
sys.path[:0] = [PATH]
import far_work
from twincore import core, offload

async def main():
    await offload.Pool(1, executor="process").assign(far_work.say_and_wait, FIFO)

async def timed():
    await core.wait_for(main(), 1)

async def more_in_line():
    pool = offload.Pool(2, executor="process")
    await pool.assign(max, 1, 2)
    sleeping = [pool.assign(time.sleep, 60) for _ in range(3)]
    await core.gather(pool.assign(far_work.say_and_wait, FIFO), *sleeping)

if __name__ == "__main__":
    try:
        core.run(HOW())
    except (KeyboardInterrupt, core.TimeoutError) as error:
        print(type(error).__name__, flush=True)
"""


def program(fifo, how, folder):
    text = PROGRAM.replace("PATH", repr(os.path.dirname(far_work.__file__)))
    return subprocess.Popen(
        [sys.executable, "-c", text.replace("FIFO", repr(fifo)).replace("HOW", how)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "TMPDIR": str(folder)},
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


@pytest.mark.parametrize("how", ["main", "timed", "more_in_line"])
def test_a_child_that_is_busy_does_not_keep_the_process_alive(fifo, how, tmp_path):
    """At Ctrl-C, which the terminal sends to all of the program's processes, and at an end without close."""
    (tmp_path / "temporary").mkdir()
    process = program(fifo, how, tmp_path / "temporary")
    try:
        child = int(read(fifo))
        if how != "timed":
            os.killpg(process.pid, signal.SIGINT)
        output, _ = process.communicate(timeout=10)
    finally:
        process.kill()
        process.wait()
    assert output.splitlines() == ["TimeoutError" if how == "timed" else "KeyboardInterrupt"]
    assert far_work.has_ended(child)
    assert not os.listdir(tmp_path / "temporary")


def test_a_child_does_not_outlive_a_parent_that_is_killed(fifo, tmp_path):
    (tmp_path / "temporary").mkdir()
    process = program(fifo, "main", tmp_path / "temporary")
    try:
        child = int(read(fifo))
    finally:
        process.kill()
        process.wait()
    assert far_work.has_ended(child)
    assert not list((tmp_path / "temporary").glob("twincore-processes-*"))
    process.stdout.close()


def test_in_a_fork_it_begins_anew_with_processes_of_its_own(core, offload, pool):
    run(core, lambda: awaiting(pool.assign(far_work.pid)))
    code = os.fork()
    if not code:
        try:
            code = run(core, lambda: awaiting(pool.assign(far_work.give, 42)))
            pool._remote.kill()
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(code, 0)[1]) == 42
    assert run(core, lambda: awaiting(pool.assign(far_work.give, 3))) == 3


def test_what_would_work_on_a_copy_is_refused(offload, pool):
    with pytest.raises(ValueError, match="far makes its calls in other processes.*wrap needs a Worker"):
        offload.wrap([], pool)
    with pytest.raises(ValueError, match="iterate needs a Worker"):
        offload.iterate(range(3), pool=pool)


def test_a_feeder_that_can_t_be_started_leaves_nothing_in_line(core, offload, monkeypatch):
    def refused(thread):
        raise RuntimeError("can't start new thread")

    pool = offload.Pool(1, executor="process", qsize=2)
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", refused)
        for _ in range(4):
            assert str(error_of(core, pool, far_work.give, 1)) == "can't start new thread"
    assert pool.statistics()["queued"] == 0
    assert run(core, lambda: awaiting(pool.assign(far_work.give, 3))) == 3
    run(core, pool.close)


def test_close_of_processes_with_a_time_limit_in_a_task_of_asyncio(offload, pool, fifo):
    import asyncio

    async def main():
        pool.assign(far_work.say_and_wait, fifo).start()
        await asyncio.to_thread(read, fifo)
        with pytest.raises(offload.job.TimeoutError, match="far is still running say_and_wait in a process"):
            await pool.close(0.05)

    asyncio.run(main())


def test_as_the_program_ends_no_process_is_started_for_what_is_in_line(core, offload, pool, fifo):
    """Python would wait for it: Ctrl-C was followed by all the jobs in line."""

    async def main():
        runs = core.create_task(awaiting(pool.assign(far_work.say_and_wait, fifo)))
        await offload.unblock(read, fifo)
        waits = core.create_task(awaiting(pool.assign(far_work.pid)))
        await core.sleep(0)
        pool._remote.end()
        lost, refused = await core.gather(runs, waits, return_exceptions=True)
        assert type(lost).__name__ == "JobLost"
        assert type(refused).__name__ == "WorkerClosed" and "ends with the program" in str(refused)

    run(core, main)


def test_an_executor_that_gives_no_future_is_its_callers_error(core, offload):
    class Odd(Executor):
        def submit(self, fn, *args):
            return 5

    pool = offload.Pool(1, executor=Odd())
    for _ in range(2):
        assert type(error_of(core, pool, abs, -1)) is AttributeError
    assert pool.statistics()["failed"] == 2
    run(core, pool.close, 5)


def test_a_job_that_waits_for_a_permit_is_queued_not_running(core, offload, threadsafe):
    async def main():
        permits = threadsafe.ThreadSafeSemaphore(1)
        await permits.acquire()
        with ThreadPoolExecutor(2) as executor:
            async with offload.Pool(2, executor=executor, limiter=permits) as pool:
                task = core.create_task(pool.assign(abs, -1))
                while pool.idle.any() or len(pool.jobs) or pool.statistics()["queued"] != 1:
                    await core.sleep_ms(1)
                assert pool.statistics()["running"] == 0
                permits.release()
                assert await task == 1
                assert (pool.statistics()["done"], pool.statistics()["queued"]) == (1, 0)

    run(core, main)


def test_a_close_says_of_a_job_that_waits_for_a_permit_that_it_has_not_begun(core, offload, threadsafe):
    async def main():
        permits = threadsafe.ThreadSafeSemaphore(1)
        await permits.acquire()
        with ThreadPoolExecutor(2) as executor:
            pool = offload.Pool(2, "far", executor=executor, limiter=permits)
            task = core.create_task(pool.assign(abs, -1))
            while pool.idle.any() or len(pool.jobs) or pool.statistics()["queued"] != 1:
                await core.sleep_ms(1)
            with pytest.raises(core.TimeoutError) as raised:
                await pool.close(0.02)
            assert str(raised.value) == "far is still waiting for a permit to run abs after 0.02 s"
            with pytest.raises(offload.WorkerClosed):
                await task
            permits.release()

    run(core, main)


def test_a_coroutine_function_is_refused_by_name(core, pool):
    async def sort(items):
        pass

    error = error_of(core, pool, sort, [])
    assert type(error) is TypeError and "sort is a coroutine function" in str(error)
