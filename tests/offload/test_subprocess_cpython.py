"""Child processes: run to their end, talked to through streams, and never left behind."""

import gc
import os
import signal
import subprocess
import sys
import threading
import warnings

import pytest

from support import run, submodule, ticks_diff, ticks_ms

pytestmark = [pytest.mark.cpython, pytest.mark.skipif(os.name == "nt", reason="pipes can't be awaited there")]

STUBBORN = "import signal, time; signal.signal(15, signal.SIG_IGN); print('ready', flush=True); time.sleep(60)"
ECHO = "import sys, shutil; shutil.copyfileobj(sys.stdin.buffer, sys.stdout.buffer)"


def python(code, *args):
    return [sys.executable, "-S", "-c", code, *args]


def children():
    """The processes that this one has started and not reaped."""
    with open(f"/proc/self/task/{os.getpid()}/children") as file:
        found = file.read().split()
    for task in os.listdir("/proc/self/task"):
        try:
            with open(f"/proc/self/task/{task}/children") as file:
                found += file.read().split()
        except OSError:
            pass  # a thread that has ended
    return sorted(set(found))


def until_only(before):
    """Block until what a thread has to reap is reaped."""
    start = ticks_ms()
    while set(children()) - set(before):
        assert ticks_diff(ticks_ms(), start) < 5000, f"left behind: {set(children()) - set(before)}"
        threading.Event().wait(0.005)


def descriptors():
    gc.collect()
    return sorted(os.listdir("/proc/self/fd"))


@pytest.fixture(autouse=True)
def nothing_is_left(core, offload):
    """No zombie, no descriptor, and no warning of one."""
    submodule(offload, "subprocess_cpython")

    async def warm():
        await offload.subprocess.run(["true"])

    run(core, warm)
    before = children(), descriptors()
    with warnings.catch_warnings():
        warnings.simplefilter("error", ResourceWarning)
        yield
        until_only(before[0])
        assert len(descriptors()) <= len(before[1])


# run


def test_run_gives_what_subprocess_gives(core, offload):
    args = python("import sys; print(sys.stdin.read().upper()); print('e', file=sys.stderr); sys.exit(3)")
    ours = run(core, lambda: offload.subprocess.run(args, input=b"hello", capture_output=True))
    theirs = subprocess.run(args, input=b"hello", capture_output=True)
    assert type(ours) is subprocess.CompletedProcess
    assert vars(ours) == vars(theirs)
    assert ours.stdout == b"HELLO\n" and ours.stderr == b"e\n" and ours.returncode == 3


def test_options_are_those_of_popen(core, offload, tmp_path):
    args = python("import os; print(os.getcwd(), os.environ['WORD'])")

    async def main():
        return await offload.subprocess.run(args, stdout=subprocess.PIPE, cwd=tmp_path, env={"WORD": "x"}, text=True)

    assert run(core, main).stdout == f"{tmp_path} x\n"


def test_text_is_encoded_and_decoded(core, offload):
    async def main():
        args = python(ECHO)
        done = await offload.subprocess.run(args, input="ä\r\nb\rc", capture_output=True, encoding="latin-1")
        assert done.stdout == "ä\nb\nc" and done.stderr == ""
        text = {"encoding": "utf-8", "errors": "replace"}
        done = await offload.subprocess.run(args, input=b"\xff", stdout=subprocess.PIPE, **text)
        assert done.stdout == "\ufffd"
        with pytest.raises(UnicodeDecodeError):
            await offload.subprocess.run(args, input=b"\xff", capture_output=True, encoding="utf-8")
        with pytest.raises(UnicodeEncodeError):
            await offload.subprocess.run(args, input="ä", encoding="ascii")
        with pytest.raises(TypeError, match="bytes"):
            await offload.subprocess.run(args, input="a", capture_output=True)

    run(core, main)


def test_check_raises_with_status_and_output(core, offload):
    async def main():
        with pytest.raises(subprocess.CalledProcessError) as caught:
            await offload.subprocess.run(python("import sys; print('x'); sys.exit(4)"), check=True, capture_output=True)
        assert caught.value.returncode == 4 and caught.value.output == b"x\n"

    run(core, main)


def test_a_command_that_is_not_there_is_an_error_of_the_caller(core, offload):
    async def main():
        with pytest.raises(FileNotFoundError, match="no-such-command"):
            await offload.subprocess.run(["no-such-command"], capture_output=True)

    run(core, main)


@pytest.mark.parametrize(
    "options",
    [{"input": b"", "stdin": subprocess.PIPE}, {"capture_output": True, "stdout": subprocess.PIPE}, {"timeout": -1}],
)
def test_options_that_exclude_each_other_are_refused(core, offload, options):
    async def main():
        with pytest.raises(ValueError):
            await offload.subprocess.run(["true"], **options)

    run(core, main)


def test_ten_megabytes_in_and_out_at_once(core, offload):
    data = os.urandom(1 << 20) * 10

    async def main():
        code = (
            "import sys\n"
            "while True:\n"
            "    data = sys.stdin.buffer.read1(1 << 16)\n"
            "    if not data: break\n"
            "    sys.stdout.buffer.write(data); sys.stderr.buffer.write(data)\n"
        )
        return await offload.subprocess.run(python(code), input=data, capture_output=True)

    done = run(core, main)
    assert done.stdout == data and done.stderr == data


def test_a_child_that_does_not_read_its_input_is_no_error(core, offload):
    async def main():
        code = "import os, sys; os.close(0); print('done')"
        return await offload.subprocess.run(python(code), input=bytes(1 << 20), stdout=subprocess.PIPE, check=True)

    assert run(core, main).stdout == b"done\n"


def test_twenty_at_once(core, offload):
    async def main():
        runs = [
            offload.subprocess.run(python(ECHO), input=b"%d" % n, stdout=subprocess.PIPE, check=True) for n in range(20)
        ]
        return [done.stdout for done in await core.gather(*runs)]

    assert run(core, main, limit=30) == [b"%d" % n for n in range(20)]


def test_the_loop_goes_on_meanwhile(core, offload):
    async def main():
        task = core.create_task(offload.subprocess.run(["sleep", "0.1"]))
        steps = 0
        while not task.done():
            await core.sleep_ms(1)
            steps += 1
        return steps

    assert run(core, main) > 3


def test_after_the_timeout_it_is_terminated_and_what_had_come_is_told(core, offload):
    async def main():
        code = "import time; print('so far', flush=True); time.sleep(60)"
        with pytest.raises(subprocess.TimeoutExpired) as caught:
            await offload.subprocess.run(python(code), capture_output=True, timeout=0.5)
        assert caught.value.timeout == 0.5 and caught.value.output == b"so far\n" and caught.value.stderr == b""
        assert caught.value.cmd == python(code)

    run(core, main)


def test_one_that_ignores_sigterm_is_killed_after_the_grace(core, offload):
    before = children()

    async def main():
        async with offload.subprocess.start(python(STUBBORN), stdout=subprocess.PIPE) as other:
            assert await other.stdout.readline() == b"ready\n"
            other.terminate()  # to no avail
            with pytest.raises(subprocess.TimeoutExpired):
                await other.wait(0.2)
            other.kill()
        assert other.returncode == -signal.SIGKILL
        start = ticks_ms()
        with pytest.raises(subprocess.TimeoutExpired):
            await offload.subprocess.run(python(STUBBORN), stdout=subprocess.PIPE, timeout=0.6, grace=0.3)
        assert children() == before
        assert 850 < ticks_diff(ticks_ms(), start) < 3000

    run(core, main)


def test_a_grandchild_that_keeps_the_pipe_open_holds_it_up_to_the_timeout(core, offload):
    """The child has ended; its own child has the pipe still, and stdin, which it never reads."""
    code = "import subprocess, sys; print(subprocess.Popen(['sleep', '30']).pid, flush=True)"

    async def main():
        with pytest.raises(subprocess.TimeoutExpired) as caught:
            await offload.subprocess.run(python(code), input=bytes(1 << 20), stdout=subprocess.PIPE, timeout=0.7)
        return int(caught.value.output)

    os.kill(run(core, main), signal.SIGKILL)


# start


def test_lines_there_and_back(core, offload):
    code = "for line in iter(input, 'end'): print(line.upper(), flush=True)"

    async def main():
        got = []
        async with offload.subprocess.start(python(code), stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
            assert child.pid > 0 and child.returncode is None and child.stderr is None
            for word in (b"one\n", b"two\n", b"end\n"):
                child.stdin.write(word)
                await child.stdin.drain()
            async for line in child.stdout:
                got.append(line)
            assert await child.wait() == 0
            assert await child.wait() == 0
        return got, child.returncode

    assert run(core, main) == ([b"ONE\n", b"TWO\n"], 0)


def test_one_that_closes_its_stdin_breaks_the_pipe_to_who_writes(core, offload):
    async def main():
        code = "import os, sys; os.close(0); print(1, flush=True); sys.stderr.read(0); import time; time.sleep(60)"
        async with offload.subprocess.start(python(code), stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
            await child.stdout.readline()
            with pytest.raises(BrokenPipeError):
                child.stdin.write(b"x")
                await child.stdin.drain()
            child.kill()

    run(core, main)


def test_what_is_written_and_not_read_by_the_end_of_the_block_is_told(core, offload):
    async def main():
        with pytest.raises(BrokenPipeError):
            async with offload.subprocess.start(["true"], stdin=subprocess.PIPE) as child:
                await child.wait()
                child.stdin.write(bytes(1 << 20))
        assert child.returncode == 0
        with pytest.raises(BrokenPipeError):
            async with offload.subprocess.start(["sleep", "0.1"], stdin=subprocess.PIPE) as child:
                child.stdin.write(bytes(1 << 20))
        assert child.returncode == 0

    run(core, main)


def test_what_a_grandchild_could_still_read_keeps_nobody_waiting(core, offload):
    """It has the child's stdin and never reads it: after the child's end, and when the block fails."""
    code = "import subprocess, sys; print(subprocess.Popen(['sleep', '30']).pid, flush=True); sys.stdout.close()"
    pids = []

    async def use(error):
        async with offload.subprocess.start(python(code), stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
            pids.append(int(await child.stdout.readline()))
            child.stdin.write(bytes(1 << 20))
            if error:
                raise error

    async def main():
        for error in (None, KeyError()):
            with pytest.raises(type(error) if error else BrokenPipeError):
                await use(error)

    try:
        run(core, main)
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGKILL)


def test_several_wait_for_the_same_end_and_one_may_give_up(core, offload):
    async def main():
        async with offload.subprocess.start(["cat"], stdin=subprocess.PIPE) as child:
            waits = [core.create_task(child.wait()) for _ in range(5)]
            await core.sleep_ms(5)
            waits[0].cancel()
            with pytest.raises(subprocess.TimeoutExpired):
                await child.wait(0.01)
            child.send_signal(signal.SIGINT)
            return await core.gather(*waits[1:])

    assert run(core, main) == [-signal.SIGINT] * 4


def test_without_pidfd_a_thread_waits_one_for_each_child(core, offload, monkeypatch):
    monkeypatch.delattr(os, "pidfd_open", raising=False)

    def watchers():
        return sum(thread.name == "children" for thread in threading.enumerate())

    async def main():
        async with offload.subprocess.start(["cat"], stdin=subprocess.PIPE) as child:
            for _ in range(4):
                with pytest.raises(subprocess.TimeoutExpired):
                    await child.wait(0.01)
            seen = watchers()
            waits = [core.create_task(child.wait()) for _ in range(3)]
            child.stdin.close()
            return seen, await core.gather(*waits)

    before = watchers()
    seen, ends = run(core, main)
    assert seen - before <= 1 <= seen
    assert ends == [0, 0, 0]


def test_communicate_can_be_called_again_after_a_timeout(core, offload):
    code = "import sys; print('a', flush=True); got = sys.stdin.read(); sys.stdin.close(); print(len(got)); input"

    async def main():
        gate_in, gate_out = os.pipe()
        late = "import os; print('a', flush=True); os.read(int(os.sys.argv[1]), 1); print('b')"
        child_of = offload.subprocess.start(python(late, str(gate_in)), stdout=subprocess.PIPE, pass_fds=[gate_in])
        async with child_of as child:
            with pytest.raises(subprocess.TimeoutExpired) as caught:
                await child.communicate(timeout=0.5)
            os.write(gate_out, b"x")
            assert await child.communicate() == (b"a\nb\n", None)
        later = "import os, sys; os.read(int(sys.argv[1]), 1); " + ECHO
        child_of = offload.subprocess.start(
            python(later, str(gate_in)), stdin=subprocess.PIPE, stdout=subprocess.PIPE, pass_fds=[gate_in]
        )
        data = os.urandom(1 << 20)
        async with child_of as child:
            with pytest.raises(subprocess.TimeoutExpired):
                await child.communicate(data, timeout=0.3)
            os.write(gate_out, b"x")
            assert await child.communicate(b"is ignored") == (data, None)
        os.close(gate_in)
        os.close(gate_out)
        assert caught.value.output == b"a\n"
        async with offload.subprocess.start(python(code), stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
            assert await child.communicate(b"123") == (b"a\n3\n", None)

    run(core, main)


def test_what_start_can_not_do_is_refused(core, offload):
    for option in ({"text": True}, {"encoding": "utf-8"}, {"bufsize": 1}):
        with pytest.raises(TypeError, match=next(iter(option))):
            offload.subprocess.start(["true"], **option)

    async def main():
        starting = offload.subprocess.start(["true"])
        async with starting as child:
            with pytest.raises(ValueError, match="stdin is no pipe"):
                await child.communicate(b"x")
        with pytest.raises(RuntimeError, match="once"):
            async with starting:
                pass

    run(core, main)


def test_an_exception_in_the_block_ends_the_child(core, offload):
    async def main():
        with pytest.raises(ZeroDivisionError):
            async with offload.subprocess.start(["sleep", "60"], stdin=subprocess.PIPE) as child:
                child.stdin.write(bytes(1 << 20))
                1 / 0  # noqa: B018
        return child.returncode

    assert run(core, main) == -signal.SIGTERM


# Cancelled


@pytest.mark.parametrize("passes", [0, 1, 2, 3, 5, 8, 13, 21, 34])
def test_cancelled_at_any_point_it_leaves_nothing(core, offload, passes):
    async def main():
        args = python(ECHO + "; import time; time.sleep(60)")
        task = core.create_task(offload.subprocess.run(args, input=bytes(3 << 20), capture_output=True))
        for _ in range(passes):
            await core.sleep_ms(passes // 3)
        task.cancel()
        with pytest.raises(core.CancelledError):
            await task

    run(core, main)


def test_cancelled_while_it_is_started_the_thread_ends_it(core, offload):
    """The thread is held between the start and the return."""
    started, gate = threading.Event(), threading.Event()

    class Slow(subprocess.Popen):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            started.set()
            gate.wait(10)

    module = sys.modules[offload.subprocess.__name__]
    before = children()

    async def main():
        task = core.create_task(offload.subprocess.run(["sleep", "60"], capture_output=True))
        while not started.is_set():
            await core.sleep_ms(1)
        assert len(children()) == len(before) + 1
        task.cancel()
        with pytest.raises(core.CancelledError):
            await task
        assert len(children()) == len(before) + 1  # it did not wait for the thread
        gate.set()

    module.Popen, popen = Slow, module.Popen
    try:
        run(core, main)
        until_only(before)
    finally:
        gate.set()
        module.Popen = popen


def test_cancelled_twice_it_insists_no_longer_on_the_grace(core, offload):
    async def main():
        ready = core.Event()

        async def use():
            async with offload.subprocess.start(python(STUBBORN), stdout=subprocess.PIPE, grace=30) as child:
                await child.stdout.readline()
                ready.set()
                await child.wait()

        task = core.create_task(use())
        await ready.wait()
        start = ticks_ms()
        task.cancel()
        await core.sleep_ms(50)
        assert not task.done()
        task.cancel()
        with pytest.raises(core.CancelledError):
            await task
        return ticks_diff(ticks_ms(), start)

    assert run(core, main) < 2000


async def use(offload, pids):
    async with offload.subprocess.start(["sleep", "60"], stdin=subprocess.PIPE) as child:
        pids.append(str(child.pid))
        await child.wait()


def test_a_loop_that_ends_ends_the_children_of_its_tasks(core, offload):
    pids = []

    async def main():
        core.create_task(use(offload, pids))
        while not pids:
            await core.sleep_ms(1)

    run(core, main)
    core.get_event_loop().close()
    until_only([pid for pid in children() if pid not in pids])


def test_a_coroutine_that_is_closed_can_await_nothing_and_its_child_is_killed(core, offload):
    async def main():
        coro = use(offload, pids)
        while not pids:
            coro.send(None)  # a step that its task would take
            await core.sleep_ms(20)
        coro.close()

    pids = []
    run(core, main)
    until_only([pid for pid in children() if pid not in pids])


def test_the_loop_of_a_forked_child_can_start_its_own(core, offload):
    """The parent's child is not waited for there, and the pool has threads again."""

    async def child_side():
        return (await offload.subprocess.run(["echo", "hi"], capture_output=True)).stdout

    async def main():
        async with offload.subprocess.start(["cat"], stdin=subprocess.PIPE):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)  # of a fork with threads
                pid = os.fork()
            if not pid:
                status = 1
                try:
                    core.new_event_loop()
                    status = 0 if core.run(child_side()) == b"hi\n" else 2
                finally:
                    os._exit(status)
            return await offload.unblock(os.waitpid, pid, 0)

    assert run(core, main)[1] == 0


def test_in_a_task_of_asyncio_it_says_what_to_use_instead(offload):
    import asyncio

    async def main():
        with pytest.raises(RuntimeError, match="offload.subprocess is for tasks of a loop of twincore; in asyncio use"):
            await offload.subprocess.run(["true"])

    asyncio.run(main())


LEFT = """
import os, sys
from twincore import core, offload

async def main():
    code = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"
    task = core.create_task(offload.subprocess.run([sys.executable, "-c", code], start_new_session=True))
    await offload.unblock(sys.stdin.readline)

core.run(main())
"""


@pytest.mark.parametrize("how", ["left", "interrupted"])
def test_a_child_does_not_outlive_the_program(how):
    """core.run leaves tasks as they are when its own has ended: no block ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", LEFT],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    try:
        assert int(process.stdout.readline())
        if how == "interrupted":
            process.send_signal(signal.SIGINT)
        _, errors = process.communicate("go on\n", timeout=20)  # till the last has closed its end, too
    finally:
        process.kill()
    assert (how == "interrupted") == ("KeyboardInterrupt" in errors)
