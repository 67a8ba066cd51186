"""AsyncioWorker: what is made for asyncio is awaited by tasks of twincore; no error there ends or hangs a loop here."""

import asyncio
import contextvars
import gc
import os
import signal
import subprocess
import sys
import threading
import time
from random import Random

import pytest

from support import run, submodule

pytestmark = pytest.mark.cpython

variable = contextvars.ContextVar("variable", default="unset")


@pytest.fixture(params=["asyncio", "uvloop"])
def make(request, core, offload):
    """Makes workers, and closes them."""
    if request.param == "uvloop":
        pytest.importorskip("uvloop")
    factory = None if request.param == "asyncio" else "uvloop"
    workers = []

    def make(**options):
        workers.append(submodule(offload, "asyncio_worker_cpython").AsyncioWorker(loop_factory=factory, **options))
        return workers[-1]

    yield make
    for worker in workers:
        run(core, worker.close, 5)


@pytest.fixture
def far_cancelled(offload):
    return submodule(offload, "asyncio_call_cpython").FarCancelled


class Held:
    """An async function of asyncio that runs until it is cancelled or released, and tells a task of twincore."""

    def __init__(self, threadsafe, stubborn=0):
        self.entered = threadsafe.ThreadSafeEvent()
        self.release = threadsafe.ThreadSafeEvent()
        self.stubborn = stubborn  # cancels that it ignores
        self.log = []

    async def __call__(self):
        self.entered.set()
        while True:
            try:
                await self.release.wait()
                return "released"
            except asyncio.CancelledError:
                self.log.append("cancelled")
                await asyncio.sleep(0)
                if not self.stubborn:
                    raise
                self.stubborn -= 1
            finally:
                self.log.append("left")


async def add(a, b=0):
    await asyncio.sleep(0)
    return a + b


async def fail(error):
    await asyncio.sleep(0)
    raise error


async def error_of(awaitable):
    try:
        await awaitable
    except BaseException as error:
        return error
    raise AssertionError("it returned")


# What comes back.


def test_results_errors_and_context_variables_travel(core, make):
    async def who():
        await asyncio.sleep(0)
        return variable.get(), threading.current_thread().name

    async def main():
        worker = make(name="net")
        variable.set("the caller's")
        assert await worker.run(add, 1, b=2) == 3
        assert await worker.run(who) == ("the caller's", "net")
        assert await worker.call(variable.get) == "the caller's"
        error = ValueError("no")
        assert await error_of(worker.run(fail, error)) is error
        assert await error_of(worker.call(int, "x")) is not None
        assert worker.statistics() == {"queued": 0, "running": 0, "done": 3, "failed": 2, "abandoned": 0}

    run(core, main)


def test_the_thread_starts_at_the_first_call_and_runs_calls_side_by_side(core, make):
    async def meet(barrier):
        barrier.append(1)
        while len(barrier) < 5:
            await asyncio.sleep(0)

    async def main():
        before = set(threading.enumerate())  # one of an earlier test may end meanwhile
        worker = make()
        assert set(threading.enumerate()) <= before
        barrier = []
        await core.gather(*[core.create_task(worker.run(meet, barrier)) for _ in range(5)])
        assert len(set(threading.enumerate()) - before) == 1

    run(core, main)


@pytest.mark.parametrize("how", ["run", "call"])
@pytest.mark.parametrize("kind", [StopIteration, StopAsyncIteration, SystemExit, KeyboardInterrupt, GeneratorExit])
def test_errors_that_end_loops_are_the_callers_and_the_worker_goes_on(core, make, how, kind):
    def raising():
        raise kind("x")

    async def main():
        worker = make()
        call = worker.run(raising) if how == "run" else worker.call(raising)
        error = await error_of(call)
        assert isinstance(error, RuntimeError if kind in (StopIteration, StopAsyncIteration) else kind)
        error = await error_of(worker.run(fail, kind("x")))
        assert isinstance(error, RuntimeError if kind in (StopIteration, StopAsyncIteration) else kind)
        assert await worker.run(add, 1) == 1

    run(core, main)


def test_a_function_that_gives_nothing_to_await_is_an_error(core, make):
    async def main():
        worker = make()
        with pytest.raises(TypeError):
            await worker.run(max, 1, 2)
        with pytest.raises(TypeError, match="without calling fn"):
            worker.run(3)

    run(core, main)


# Cancelled and late.


@pytest.mark.parametrize("how", ["done at once", "raises at once", "waits"])
def test_tasks_may_be_eager(core, make, how):
    def eager(loop, coro, **options):
        """As Python 3.12's: the first step is made as the task is created."""
        if coro.__qualname__.endswith("_make"):
            if hasattr(asyncio, "eager_task_factory"):
                return asyncio.eager_task_factory(loop, coro, **options)
            if how != "waits":
                done = loop.create_future()
                try:
                    coro.send(None)
                except StopIteration as end:
                    done.set_result(end.value)
                return done
        return asyncio.Task(coro, loop=loop, **options)

    async def at_once(n):
        if how == "raises at once":
            raise ValueError("why")
        if how == "waits":
            await asyncio.sleep(0)
        return n + 1

    async def set_up():
        asyncio.get_running_loop().set_task_factory(eager)

    async def main():
        worker = make()
        await worker.run(set_up)
        if how == "raises at once":
            assert repr(await error_of(worker.run(at_once, 4))) == "ValueError('why')"
        else:
            assert await core.gather(*(worker.run(at_once, n) for n in range(4))) == [1, 2, 3, 4]
        assert worker.statistics()["running"] == 0

    run(core, main)


def test_a_task_factory_that_raises_is_told_to_the_caller(core, make):
    def broken(loop, coro, **options):
        if coro.__qualname__.endswith("_make"):
            coro.close()
            raise ValueError("no task")
        return asyncio.Task(coro, loop=loop, **options)

    async def main():
        worker = make()
        await worker.call(lambda: asyncio.get_running_loop().set_task_factory(broken))
        assert repr(await error_of(worker.run(add, 1))) == "ValueError('no task')"

    run(core, main)


def test_a_coroutine_function_is_not_called_but_run(core, make):
    with pytest.raises(TypeError, match=r"add is a coroutine function: write run\(add, ...\)"):
        make().call(add, 1)


def test_a_cancelled_caller_cancels_the_task_there_and_goes_on_when_it_has_ended(core, threadsafe, make):
    async def main():
        worker, held = make(), Held(threadsafe)
        task = core.create_task(worker.run(held))
        await held.entered.wait()
        task.cancel()
        assert isinstance(await error_of(task), core.CancelledError)
        assert held.log == ["cancelled", "left"]
        assert worker.statistics()["running"] == 0

    run(core, main)


def test_who_is_cancelled_twice_cancels_there_twice(core, threadsafe, make):
    async def main():
        worker, held = make(), Held(threadsafe, stubborn=1)
        task = core.create_task(worker.run(held))
        await held.entered.wait()
        held.entered.clear()
        task.cancel()
        while held.log.count("left") < 1:
            await core.sleep(0.001)
        assert not task.done()
        task.cancel()
        assert isinstance(await error_of(task), core.CancelledError)
        assert held.log.count("cancelled") == 2

    run(core, main)


def test_a_call_that_has_not_begun_is_withdrawn(core, make):
    opened, entered = threading.Event(), threading.Event()
    begun = []

    def block():
        entered.set()
        opened.wait(10)

    async def main():
        worker = make()
        blocking = core.create_task(worker.call(block))
        while not entered.is_set():
            await core.sleep(0.001)
        task = core.create_task(worker.run(add, begun))
        await core.sleep(0)
        await core.sleep(0)
        task.cancel()
        assert isinstance(await error_of(task), core.CancelledError)  # at once, though the loop is blocked
        opened.set()
        await blocking
        assert worker.statistics()["done"] == 1

    run(core, main)


def test_a_timeout_cancels_too(core, threadsafe, make):
    async def main():
        worker, held = make(), Held(threadsafe)
        await worker.run(add, 1)  # the thread has started: the time is the function's
        with pytest.raises(core.TimeoutError, match=r"took longer than 0.5 s"):
            await worker.run(held).options(timeout=0.5)
        assert held.log == ["cancelled", "left"]

    run(core, main)


def test_cancels_at_any_moment_lose_nobody(core, make):
    async def step(n, log):
        log.append(n)
        for _ in range(n % 4):
            await asyncio.sleep(0)
        return n

    async def main():
        worker = make()
        random = Random(5)
        log = []
        for n in range(300):
            task = core.create_task(worker.run(step, n, log))
            if n % 2:  # hand over to the other thread, for some time or other
                await core.sleep(random.random() / 2000)
            for _ in range(random.randrange(20)):
                await core.sleep(0)
            task.cancel()
            try:
                assert await task == n and n in log
            except core.CancelledError:
                pass
        assert await worker.run(add, 1) == 1  # behind them all
        counts = worker.statistics()
        assert counts["running"] == counts["queued"] == 0 and len(log) <= 300

    run(core, main)


def test_on_cancel_wait_leaves_it_to_end(core, threadsafe, make):
    async def main():
        worker, held = make(), Held(threadsafe)
        late = []
        task = core.create_task(worker.run(held).options(on_cancel="wait", dropped=lambda *args: late.append(args)))
        await held.entered.wait()
        task.cancel()
        await core.sleep(0.01)
        assert not task.done()
        held.release.set()
        assert isinstance(await error_of(task), core.CancelledError)
        assert held.log == ["left"]
        await worker.call(int)  # behind what `dropped` was told by
        assert late == [("released", None)]

    run(core, main)


def test_on_cancel_abandon_goes_on_at_once_and_dropped_gets_the_late_result(core, threadsafe, make):
    async def main():
        worker, held = make(), Held(threadsafe)
        dropped = threadsafe.ThreadSafeQueue(1)
        call = worker.run(held).options(on_cancel="abandon", dropped=lambda *outcome: dropped.put_sync(outcome))
        task = core.create_task(call)
        await held.entered.wait()
        task.cancel()
        assert isinstance(await error_of(task), core.CancelledError)
        assert worker.statistics()["running"] == worker.statistics()["abandoned"] == 1
        held.release.set()
        assert await dropped.get() == ("released", None)

    run(core, main)


def test_dropped_is_not_called_by_the_caller_s_loop_even_if_the_other_has_ended(core, threadsafe, make):
    def stand_still_until(condition):
        end = time.monotonic() + 9
        while not condition():
            assert time.monotonic() < end
            time.sleep(0.001)

    async def main():
        worker = make()
        held = Held(threadsafe)
        dropped = threadsafe.ThreadSafeQueue(1)

        def drop(*outcome):
            dropped.put_sync((threading.get_ident(), *outcome))

        call = worker.run(held).options(on_cancel="abandon", dropped=drop)
        task = core.create_task(error_of(call))
        await held.entered.wait()
        held.release.set()
        stand_still_until(lambda: worker.statistics()["done"])
        closing = worker.close(5)
        stand_still_until(worker._ended.is_set)
        task.cancel()
        assert isinstance(await task, core.CancelledError)
        await closing
        return await dropped.get()

    thread, *outcome = run(core, main)
    assert thread != threading.get_ident() and outcome == ["released", None]


@pytest.mark.parametrize("how", ["itself", "before its first step", "raised"])
def test_what_is_cancelled_there_is_told_apart(core, threadsafe, make, far_cancelled, how):
    async def cancelled():
        if how == "raised":
            raise asyncio.CancelledError("by me")
        asyncio.current_task().cancel()
        await asyncio.sleep(10)

    async def cancel_others():
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()

    async def main():
        worker = make()
        if how == "before its first step":
            opened = threading.Event()
            blocking = core.create_task(worker.call(opened.wait, 10))
            killer = core.create_task(worker.run(cancel_others))
            task = core.create_task(worker.run(add, 1))
            await core.sleep(0.01)  # both are queued
            opened.set()
            await blocking
            await killer
        else:
            task = worker.run(cancelled)
        error = await error_of(task)
        assert type(error) is far_cancelled and "in its own loop" in str(error)
        assert await worker.run(add, 1) == 1

    run(core, main)


# Items.


class Source:
    def __init__(self, threadsafe, count, error=None):
        self.count = count
        self.error = error
        self.made = 0
        self.closed_on = None

    async def __call__(self, first=0):
        try:
            for n in range(first, first + self.count):
                self.made += 1
                yield n
            if self.error:
                raise self.error
        finally:
            await asyncio.sleep(0)
            self.closed_on = threading.current_thread().name


@pytest.mark.parametrize("ahead", [1, 7, 1000])
def test_items_come_in_order_then_the_error(core, threadsafe, make, ahead):
    async def main():
        worker = make(name="net")
        source = Source(threadsafe, 100, ValueError("no"))
        items = []
        with pytest.raises(ValueError, match="no"):
            async for item in worker.iterate(source, 5, ahead=ahead):
                items.append(item)
        assert items == list(range(5, 105)) and source.closed_on == "net"

    run(core, main)


def test_a_slow_reader_holds_the_source_back_and_closing_closes_it_there(core, threadsafe, make):
    async def main():
        worker = make(name="net")
        source = Source(threadsafe, 1000)
        async with worker.iterate(source, ahead=3) as items:
            assert await items.__anext__() == 0
            for _ in range(5):
                await worker.run(add, 0)  # the source has had its turns
            assert source.made <= 1 + 3 + 1
        assert source.closed_on == "net"
        with pytest.raises(StopAsyncIteration):
            await items.__anext__()
        assert worker.statistics()["running"] == 0

    run(core, main)


def test_a_reader_that_is_cancelled_loses_no_item(core, threadsafe, make):
    async def source(go):
        await go.wait()
        yield 1
        yield 2

    async def main():
        worker, go = make(), threadsafe.ThreadSafeEvent()
        items = worker.iterate(source, go)
        task = core.create_task(items.__anext__())
        await core.sleep(0.01)
        task.cancel()
        assert isinstance(await error_of(task), core.CancelledError)
        go.set()
        assert [item async for item in items] == [1, 2]

    run(core, main)


def test_an_iteration_that_is_left_by_a_break_is_closed_there(core, threadsafe, make):
    closed = threadsafe.ThreadSafeEvent()

    async def numbers():
        try:
            for n in range(1000):
                yield n
        finally:
            closed.set()

    async def main():
        worker = make()
        async for n in worker.iterate(numbers, ahead=2):
            if n == 5:
                break
        gc.collect()
        await closed.wait(5)
        while worker.statistics()["running"]:
            await core.sleep_ms(1)

    run(core, main)


def test_an_iteration_ends_with_its_worker(core, threadsafe, offload, make):
    async def source(go):
        yield 1
        await go.wait()

    async def main():
        worker = make()
        items = worker.iterate(source, threadsafe.ThreadSafeEvent())
        assert await items.__anext__() == 1
        task = core.create_task(items.__anext__())
        await core.sleep(0)
        await worker.close(5)
        with pytest.raises(offload.WorkerClosed):
            await task
        with pytest.raises(offload.WorkerClosed):
            await worker.iterate(source, None).__anext__()

    run(core, main)


# The end.


def test_close_cancels_what_is_left_and_shuts_asyncio_down(core, threadsafe, offload, make):
    log = []

    async def generator():
        try:
            yield 1
        finally:
            await asyncio.sleep(0)
            log.append("generator closed")

    async def leave_open():
        kept.append(generator())
        await kept[0].__anext__()
        return await asyncio.get_running_loop().run_in_executor(None, threading.current_thread)

    async def main():
        worker, held = make(), Held(threadsafe)
        executor = await worker.run(leave_open)
        task = core.create_task(worker.run(held))
        await held.entered.wait()
        await worker.close(5)
        with pytest.raises(offload.WorkerClosed, match="is closed"):
            await task
        assert held.log == ["cancelled", "left"] and log == ["generator closed"]
        assert not executor.is_alive() and not [t for t in threading.enumerate() if t.name == worker.name]
        with pytest.raises(offload.WorkerClosed, match="add"):
            await worker.run(add, 1)
        await worker.close()

    kept = []
    run(core, main)


@pytest.mark.parametrize("how", ["waits", "blocks", "is called"])
def test_what_does_not_end_is_named_with_where_it_is(core, threadsafe, offload, make, how):
    opened = threading.Event()

    async def blocks(entered):
        blocks_too(entered)

    def blocks_too(entered):
        entered.set()
        opened.wait(10)

    async def main():
        worker, held = make(), Held(threadsafe, stubborn=1000)
        calls = {"waits": (worker.run, held), "blocks": (worker.run, blocks), "is called": (worker.call, blocks_too)}
        call, fn = calls[how]
        task = core.create_task(call(fn) if how == "waits" else call(fn, held.entered))
        await held.entered.wait()
        assert worker.statistics()["running"] == 1
        with pytest.raises(core.TimeoutError) as caught:
            await worker.close(0.05)
        assert f"{worker.name} is still running " in str(caught.value) and __file__ in str(caught.value)
        assert ("__call__" if how == "waits" else fn.__name__) in str(caught.value)
        with pytest.raises(offload.WorkerClosed):
            await task
        held.release.set()
        opened.set()
        await worker.close(5)

    run(core, main)


@pytest.mark.parametrize("how", ["stop", "SystemExit"])
def test_a_loop_that_is_ended_from_inside_fails_its_callers(core, threadsafe, offload, make, how):
    async def end():
        loop = asyncio.get_running_loop()
        loop.call_soon(loop.stop if how == "stop" else sys.exit)
        await asyncio.sleep(10)

    async def main():
        worker, held = make(), Held(threadsafe)
        other = core.create_task(worker.run(held))
        await held.entered.wait()
        for call in worker.run(end), other, worker.run(add, 1), worker.call(int):
            error = await error_of(call)
            assert type(error) is offload.WorkerClosed
            assert ("stopped from inside" if how == "stop" else "SystemExit") in str(error)
        assert worker.closed() and held.log == ["cancelled", "left"]

    run(core, main)


def test_close_while_calls_arrive_leaves_nobody_waiting(core, offload, make):
    async def one(worker, n):
        try:
            return await worker.run(add, n)
        except offload.WorkerClosed:
            return None

    async def main():
        for after in range(12):
            worker = make()
            tasks = []
            for n in range(12):
                if n == after:
                    closing = core.create_task(worker.close(5))
                tasks.append(core.create_task(one(worker, n)))
                if n % 3 == 0:
                    await core.sleep(0)
            for n, task in enumerate(tasks):
                assert await task in (n, None)
            await closing

    run(core, main)


def test_a_thread_that_can_not_start_is_the_callers_error(core, make, monkeypatch):
    def refuse(thread):
        raise RuntimeError("can't start new thread")

    async def main():
        worker = make()
        with monkeypatch.context() as patch:
            patch.setattr(threading.Thread, "start", refuse)
            with pytest.raises(RuntimeError, match="can't start"):
                await worker.run(add, 1)
        assert await worker.run(add, 1) == 1

    run(core, main)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_fork_leaves_a_child_that_says_so(core, offload, make):
    def child():
        try:
            return str(core.run(worker.run(add, 1)))
        except offload.WorkerClosed as error:
            return str(error)

    worker = make(name="net")
    fresh = make()
    assert run(core, lambda: result_of(worker.run(add, 1))) == 1
    reading, writing = os.pipe()
    pid = os.fork()
    if not pid:
        try:
            text = child() + f"; {core.run(result_of(fresh.run(add, 7)))}"
        except BaseException as error:
            text = repr(error)
        os.write(writing, text.encode())
        os._exit(0)
    os.close(writing)
    with open(reading) as pipe:
        text = pipe.read()
    os.waitpid(pid, 0)
    assert "net has its thread in the process that this one was forked from" in text and text.endswith("; 7")
    assert run(core, lambda: result_of(worker.run(add, 2))) == 2  # the parent's goes on


async def result_of(awaitable):
    return await awaitable


PROGRAM = """
import asyncio
from twincore import core
from twincore.offload import AsyncioWorker

async def hang():
    print("it runs", flush=True)
    await asyncio.sleep(60)

async def main():
    await AsyncioWorker().run(hang)

try:
    core.run(main())
except KeyboardInterrupt:
    print("interrupted")
"""


def test_ctrl_c_ends_a_program_whose_call_runs(target_is_here):
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    try:
        assert process.stdout.readline() == "it runs\n"
        start = time.monotonic()
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=10)
    finally:
        process.kill()
        process.wait()
    assert output == "interrupted\n" and process.returncode == 0 and time.monotonic() - start < 5


# Real libraries.


def test_streams_and_queues_of_asyncio(core, make):
    async def serve(reader, writer):
        async for line in reader:
            writer.write(line.upper())
        writer.close()

    async def talk(words):
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        answers = asyncio.Queue()
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        for word in words:
            writer.write(word + b"\n")
            await answers.put(await reader.readline())
        writer.close()
        await writer.wait_closed()
        server.close()
        return [answers.get_nowait() for _ in words]

    async def main():
        assert await make().run(talk, [b"a", b"b"]) == [b"A\n", b"B\n"]

    run(core, main)


def test_a_task_downloads_with_aiohttp_while_others_tick(core, make):
    aiohttp = pytest.importorskip("aiohttp")
    from aiohttp import web

    content = bytes(range(256)) * 4000

    async def serve():
        async def get(request):
            return web.Response(body=content)

        app = web.Application()
        app.router.add_get("/file", get)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        return runner, site._server.sockets[0].getsockname()[1]

    async def download(url):
        async with aiohttp.ClientSession() as session, session.get(url) as response:
            async for chunk in response.content.iter_chunked(10_000):
                yield chunk

    async def tick(ticks):
        while True:
            ticks.append(1)
            await core.sleep(0)

    async def main():
        worker = make()
        server, port = await worker.run(serve)
        ticks = []
        ticker = core.create_task(tick(ticks))
        got = bytearray()
        async with worker.iterate(download, f"http://127.0.0.1:{port}/file", ahead=4) as chunks:
            async for chunk in chunks:
                got += chunk
        ticker.cancel()
        await worker.run(server.cleanup)
        assert got == content and len(ticks) > 10

    run(core, main)


@pytest.mark.parametrize("kind", ["AsyncioWorker", "LoopThread"])
def test_a_close_that_gave_up_is_not_waited_for_again_at_the_end_of_the_block(core, threadsafe, offload, kind):
    held = threading.Event()

    async def main():
        try:
            async with getattr(offload, kind)() as worker:
                call = core.create_task(result_of(worker.call(held.wait, 60)))
                while not worker._thread:
                    await core.sleep(0)
                await core.sleep(0.1)
                await worker.close(0.05)
        finally:
            held.set()
            call.cancel()

    start = time.monotonic()
    with pytest.raises(core.TimeoutError, match="still running"):
        run(core, main)
    assert time.monotonic() - start < 30
