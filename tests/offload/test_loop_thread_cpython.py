"""LoopThread: a program of asyncio awaits tasks of twincore; no error or end there ends or hangs a loop here."""

import asyncio
import contextvars
import os
import threading

import pytest

from support import submodule

pytestmark = pytest.mark.cpython

variable = contextvars.ContextVar("variable", default="unset")


@pytest.fixture(params=["asyncio", "uvloop"])
def run(request):
    """Runs an async function in a loop of asyncio."""
    new = asyncio.new_event_loop if request.param == "asyncio" else pytest.importorskip("uvloop").new_event_loop

    def run(main):
        loop = new()
        try:
            return loop.run_until_complete(asyncio.wait_for(main(), 10))
        finally:
            loop.close()

    return run


@pytest.fixture
def thread(offload):
    thread = submodule(offload, "loop_thread_cpython").LoopThread("tasks")
    yield thread
    asyncio.run(close(thread))


async def close(thread):
    await thread.close(5)


async def error_of(awaitable):
    try:
        await awaitable
    except BaseException as error:
        return error
    raise AssertionError("it returned")


def hold(core, entered, log):
    async def held():
        entered.set()
        try:
            await core.sleep(10)
        finally:
            await core.sleep(0)
            log.append("left")

    return held


def test_results_errors_and_context_variables_travel(core, thread, run):
    async def who(a, b):
        await core.sleep(0.001)
        return a + b, variable.get(), threading.current_thread().name

    async def fail(error):
        await core.sleep(0)
        raise error

    async def main():
        variable.set("the caller's")
        assert await thread.run(who, 1, b=2) == (3, "the caller's", "tasks")
        assert await thread.call(variable.get) == "the caller's"
        error = ValueError("no")
        assert await error_of(thread.run(fail, error)) is error
        with pytest.raises(TypeError, match="without calling fn"):
            await thread.run(3)

    run(main)


@pytest.mark.parametrize("kind", [StopIteration, SystemExit, KeyboardInterrupt])
def test_errors_that_end_loops_are_the_callers_and_the_thread_goes_on(thread, run, kind):
    async def fail():
        raise kind("x")

    async def main():
        try:
            await thread.run(fail)
        except (RuntimeError, SystemExit, KeyboardInterrupt) as error:
            assert isinstance(error, RuntimeError if kind is StopIteration else kind)
        else:
            raise AssertionError("it returned")
        assert await thread.call(max, 1, 2) == 2

    run(main)


def test_a_cancelled_caller_cancels_the_task_there_and_goes_on_when_it_has_ended(core, threadsafe, thread, run):
    async def main():
        entered, log = threadsafe.ThreadSafeEvent(), []
        task = asyncio.ensure_future(thread.run(hold(core, entered, log)))
        await entered.wait()
        task.cancel()
        assert isinstance(await error_of(task), asyncio.CancelledError) and task.cancelled()
        assert log == ["left"]
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(thread.run(hold(core, entered, log)), 0.5)
        assert log == ["left", "left"]

    run(main)


def test_what_is_cancelled_there_is_told_apart(core, offload, thread, run):
    async def cancelled():
        raise core.CancelledError

    async def main():
        error = await error_of(thread.run(cancelled))
        assert type(error) is submodule(offload, "asyncio_call_cpython").FarCancelled
        assert "cancelled in its own loop" in str(error)

    run(main)


def test_close_cancels_what_runs_and_its_callers_are_told(core, threadsafe, offload, thread, run):
    async def main():
        entered, log = threadsafe.ThreadSafeEvent(), []
        task = asyncio.ensure_future(thread.run(hold(core, entered, log)))
        await entered.wait()
        await thread.close(5)
        with pytest.raises(offload.WorkerClosed, match="tasks is closed"):
            await task
        assert log == ["left"] and not [t for t in threading.enumerate() if t.name == "tasks"]
        with pytest.raises(offload.WorkerClosed):
            await thread.run(hold(core, entered, log))
        await thread.close()

    run(main)


@pytest.mark.parametrize("how", ["stop", "SystemExit"])
def test_a_loop_that_is_ended_from_inside_fails_its_callers(core, threadsafe, offload, thread, run, how):
    async def end():
        if how == "stop":
            core.get_event_loop().stop()
        else:
            core.create_task(leave())
        await core.sleep(10)

    async def leave():
        raise SystemExit

    async def main():
        entered, log = threadsafe.ThreadSafeEvent(), []
        other = asyncio.ensure_future(thread.run(hold(core, entered, log)))
        await entered.wait()
        for call in thread.run(end), other, thread.call(int):
            error = await error_of(call)
            assert type(error) is offload.WorkerClosed
            assert ("stopped from inside" if how == "stop" else "SystemExit") in str(error)
        assert thread.closed()
        await thread.close(5)
        assert log == ["left"]

    run(main)


def test_what_does_not_end_is_named_with_where_it_is(core, threadsafe, thread, run):
    opened = threading.Event()

    async def blocks(entered):
        entered.set()
        opened.wait(10)

    async def main():
        entered = threadsafe.ThreadSafeEvent()
        task = asyncio.ensure_future(thread.run(blocks, entered))
        await entered.wait()
        with pytest.raises(TimeoutError) as caught:
            await thread.close(0.05)
        assert "tasks is still running" in str(caught.value) and "blocks" in str(caught.value)
        assert __file__ in str(caught.value)
        opened.set()
        await thread.close(5)
        await task

    run(main)


def test_a_loop_that_can_not_be_made_is_the_callers_error(offload, thread, run, monkeypatch):
    def refuse():
        raise OSError("too many open files")

    async def main():
        monkeypatch.setattr(submodule(offload, "loop_thread_cpython"), "new_event_loop", refuse)
        with pytest.raises(offload.WorkerClosed, match="too many open files"):
            await thread.call(max, 1, 2)

    run(main)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_fork_leaves_a_child_that_says_so(thread):
    async def call():
        return await thread.call(max, 1, 2)

    assert asyncio.run(call()) == 2
    reading, writing = os.pipe()
    pid = os.fork()
    if not pid:
        try:
            text = str(asyncio.run(call()))
        except BaseException as error:
            text = str(error)
        os.write(writing, text.encode())
        os._exit(0)
    os.close(writing)
    with open(reading) as pipe:
        text = pipe.read()
    os.waitpid(pid, 0)
    assert "tasks has its thread in the process that this one was forked from" in text
    assert asyncio.run(call()) == 2


def test_side_by_side_with_an_asyncio_server(core, thread, run):
    """An application of asyncio whose handlers ask tasks of twincore."""

    async def measure(n):
        await core.sleep(0.001)
        return n * 2

    async def handle(reader, writer):
        async for line in reader:
            writer.write(b"%d\n" % await thread.run(measure, int(line)))
        writer.close()

    async def main():
        server = await asyncio.start_server(handle, "127.0.0.1", 0)
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        for n in range(10):
            writer.write(b"%d\n" % n)
        assert [int(await reader.readline()) for _ in range(10)] == [n * 2 for n in range(10)]
        writer.close()
        await writer.wait_closed()
        server.close()

    run(main)


def test_a_coroutine_function_is_not_called_but_run(run, thread):
    async def main():
        return await error_of(thread.call(error_of, None))

    error = run(main)
    assert type(error) is TypeError and "error_of is a coroutine function: write run(error_of, ...)" in str(error)
