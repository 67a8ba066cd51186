"""Manners: what is shared behaves in signal handlers, after a fork, towards other tasks, and before any loop exists.

Each fork is made by a process of its own, whose script is this file: `python test_manners.py root case`.
"""

import pytest

from support import CPYTHON, RP2, run, sleep_ms, start_thread

BUDGET = 64  # items that a task may take, or add, before others that are ready have their turn


class Random:
    """The same numbers everywhere."""

    def __init__(self, seed):
        self.state = seed & 0x3FFF

    def below(self, n):
        self.state = (self.state * 6069 + 1757) & 0x3FFF  # stays a small integer
        return (self.state >> 4) % n


async def settle(core):
    """Let the tasks that are ready run until they wait."""
    for _ in range(4):
        await core.sleep(0)


# Signal handlers


class Storm:
    """A thread that interrupts the main thread `count` times, each time a random moment after `handler(n)` returned.

    `before()` is called before each. CPython does not see a signal that comes just as the main thread falls asleep in
    `lock.acquire`, until the next one: so it is sent again if it was not handled, and the handler called once.
    """

    def __init__(self, handler, count, seed, before=None):
        import signal
        import sys
        import threading

        self.handler = handler
        self.count = count
        self.random = Random(seed)
        self.handled = threading.Lock()
        self.handled.acquire()
        self.main = threading.get_ident()
        self.before = before
        self.busy = False
        self.calls = self.strikes = 0
        self.kill = lambda: signal.pthread_kill(self.main, signal.SIGUSR1)
        self.old = signal.signal(signal.SIGUSR1, self._on_signal)
        interval = sys.getswitchinterval()
        sys.setswitchinterval(1e-5)  # or this thread waits 5 ms for its turn each time
        self.restore = lambda: (signal.signal(signal.SIGUSR1, self.old), sys.setswitchinterval(interval))

    def _on_signal(self, number, frame):
        if self.busy or self.calls == self.strikes:  # sent again, and not needed
            return
        self.busy = True
        self.handler(self.calls)
        self.calls += 1
        self.busy = False
        self.handled.release()

    def _blow(self):
        for _ in range(self.count):
            if self.before is not None:
                self.before()
            for _ in range(self.random.below(300)):
                pass
            self.strikes += 1
            for _ in range(1000):
                self.kill()
                if self.handled.acquire(timeout=0.01):
                    break
            else:
                raise AssertionError("a signal was not handled")

    def __enter__(self):
        self.thread = start_thread(self._blow)
        return self

    def __exit__(self, *exc):
        try:
            self.thread.join(20)
        finally:
            self.restore()

    def blowing(self):
        return not self.thread.finished


STORM = 1000


def sending(threadsafe, queue, sent):
    """A handler that puts the next number, or the same again if there was no room."""

    def handler(n):
        try:
            queue.put_sync(("signal", len(sent)))
            sent.append(len(sent))
        except threadsafe.QueueFull:
            pass

    return handler


def numbers(log, name):
    return [n for who, n in log if who == name]


@pytest.mark.cpython
@pytest.mark.parametrize("capacity, seed", [(1, 1), (3, 2), (50, 3)])
def test_a_handler_puts_while_the_main_thread_puts_and_threads_take(threadsafe, capacity, seed):
    """The main thread is inside a put that waits for room, or wakes a thread, or neither."""
    queue = threadsafe.ThreadSafeQueue(capacity)
    sent, own, logs = [], 0, [[], []]

    def take(log):
        try:
            while True:
                log.append(queue.get_sync(True))
        except threadsafe.QueueClosed:
            pass

    threads = [start_thread(take, log) for log in logs]
    with Storm(sending(threadsafe, queue, sent), STORM, seed) as storm:
        while storm.blowing():
            queue.put_sync(("main", own), block=True)
            own += 1
    queue.close()
    for thread in threads:
        thread.join()
    for log in logs:
        assert numbers(log, "signal") == sorted(numbers(log, "signal"))
        assert numbers(log, "main") == sorted(numbers(log, "main"))
    assert sorted(numbers(logs[0] + logs[1], "signal")) == list(range(len(sent)))
    assert sorted(numbers(logs[0] + logs[1], "main")) == list(range(own))
    assert storm.calls == STORM and sent


@pytest.mark.cpython
@pytest.mark.parametrize("seed", [4, 5])
def test_a_handler_takes_while_the_main_thread_puts_and_takes(threadsafe, seed):
    queue = threadsafe.ThreadSafeQueue(4)
    taken, mine, own = [], [], 0

    def handler(n):
        try:
            taken.append(queue.get_sync())
        except threadsafe.QueueEmpty:
            pass

    with Storm(handler, STORM, seed) as storm:
        while storm.blowing():
            for _ in range(3):
                try:
                    queue.put_sync(own)
                    own += 1
                except threadsafe.QueueFull:
                    pass
            try:
                mine.append(queue.get_sync())
            except threadsafe.QueueEmpty:
                pass
    while not queue.empty():
        mine.append(queue.get_sync())
    assert taken == sorted(taken) and mine == sorted(mine)
    assert sorted(taken + mine) == list(range(own)) and taken


@pytest.mark.cpython
@pytest.mark.parametrize("capacity, seed", [(1, 6), (3, 7)])
def test_a_handler_puts_while_the_main_thread_s_loop_runs_and_sleeps(core, threadsafe, capacity, seed):
    """Each put of the handler wakes the loop if it is idle; between two the loop is now idle, now at work."""
    queue = threadsafe.ThreadSafeQueue(capacity)
    sent, log = [], []

    async def take():
        async for item in queue:
            log.append(item)

    async def main():
        taking = [core.create_task(take()) for _ in range(2)]
        own = 0
        with Storm(sending(threadsafe, queue, sent), STORM, seed) as storm:
            while storm.blowing():
                before = storm.calls
                await queue.put(("task", own))
                own += 1
                while storm.calls == before and storm.blowing() and own % 2:
                    await core.sleep(0)
        queue.close()
        for task in taking:
            await task
        return own

    own = run(core, main, limit=30)
    assert numbers(log, "signal") == list(range(len(sent)))
    assert numbers(log, "task") == list(range(own))


@pytest.mark.cpython
def test_every_put_of_a_handler_wakes_an_idle_loop(core, threadsafe):
    """No timer runs: a put that did not wake it would leave it asleep for ever."""
    queue, taken = threadsafe.ThreadSafeQueue(1), threadsafe.ThreadSafeQueue(1)

    async def main():
        for n in range(300):
            taken.put_sync(n)  # the next may come
            assert await queue.get() == n

    with Storm(queue.put_sync, 300, 0, before=lambda: taken.get_sync(True)):
        run(core, main, limit=None)


@pytest.mark.cpython
@pytest.mark.parametrize("seed", [8, 9])
def test_a_handler_sets_while_the_main_thread_sets_clears_and_waits(threadsafe, seed):
    event = threadsafe.ThreadSafeEvent()
    rounds = [0]

    def wait_in_thread(stop):
        while not stop:
            event.wait_sync()
            rounds[0] += 1

    stop = []
    thread = start_thread(wait_in_thread, stop)
    with Storm(lambda n: event.set(), STORM, seed) as storm:
        waits = 0
        while storm.blowing():
            if waits % 3 == 0:
                event.set()
            event.clear()
            if storm.calls > STORM // 2:
                continue  # the handlers that are left come without a wait, and enough of them while one began
            event.wait_sync()
            waits += 1
    stop.append(True)
    event.set()
    thread.join()
    assert waits > 5 and rounds[0]


@pytest.mark.cpython
def test_a_handler_sets_and_the_loop_s_tasks_all_go_on(core, threadsafe):
    """The handler's `set` cuts into waits that begin, and into a `clear`."""
    event = threadsafe.ThreadSafeEvent()
    waits = [0, 0, 0]
    stop = []

    async def wait(i):
        while not stop:
            await event.wait()
            waits[i] += 1
            event.clear()
            await core.sleep(0)

    async def main():
        tasks = [core.create_task(wait(i)) for i in range(3)]
        with Storm(lambda n: event.set(), STORM, 10) as storm:
            while storm.blowing():
                await core.sleep(0)
        stop.append(True)
        for task in tasks:
            while not task.done():
                event.set()
                await core.sleep(0)

    run(core, main, limit=30)
    assert min(waits) > 20


@pytest.mark.cpython
@pytest.mark.parametrize("seed", [11, 12])
def test_a_handler_publishes_while_the_main_thread_publishes_and_another_loop_reads(core, threadsafe, seed):
    message = threadsafe.Message()
    log = []

    async def read():
        async for who, n in message:
            log.append((who, n))
            if who == "end":
                return

    reader = start_thread(run, core, read)
    own = 0
    with Storm(lambda n: message.set(("signal", n)), STORM, seed) as storm:
        while storm.blowing():
            message.set(("main", own))
            own += 1
            assert message.value()[0] in ("main", "signal")
            if own % 5 == 0:
                message.clear()
    message.set(("end", 0))
    reader.join()
    for who in ("main", "signal"):
        assert numbers(log, who) == sorted(set(numbers(log, who)))
    assert log[-1] == ("end", 0)


@pytest.mark.cpython
@pytest.mark.parametrize("what", ["get", "put", "event", "message"])
def test_a_handler_ends_the_wait_that_it_interrupted(threadsafe, what):
    """Again and again, at whatever point of the wait it comes: none sleeps on."""
    queue, event, message = threadsafe.ThreadSafeQueue(1), threadsafe.ThreadSafeEvent(), threadsafe.Message()
    if what == "put":
        queue.put_sync(-1)
    acts = {
        "get": (queue.put_sync, lambda: queue.get_sync(True)),
        "put": (lambda n: queue.get_sync(), lambda: queue.put_sync(0, True)),
        "event": (lambda n: event.set(), lambda: (event.wait_sync(), event.clear())),
        "message": (message.set, lambda: (message.wait_sync(), message.clear())),
    }
    handler, wait = acts[what]
    go = threadsafe.ThreadSafeQueue(1)
    with Storm(handler, 400, 13, before=lambda: go.get_sync(True)):
        for _ in range(400):
            go.put_sync(True)
            wait()


# Fork. Each case is run by a process of its own, which forks; see `main`.

CASES = {}
LIMIT = 5  # seconds for a child, which needs a few milliseconds



def case(*marks):
    def add(fn):
        CASES[fn.__name__] = fn, marks
        return fn

    return add


def in_child(fn, *args):
    """What `fn(*args)` returns in a forked child, as a string; AssertionError if it fails or takes too long there."""
    import os
    import signal
    import traceback

    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(LIMIT)
        try:
            text = f"ok {fn(*args)}"
        except BaseException:
            text = traceback.format_exc()
        os.write(writing, text.encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        text = pipe.read().decode()
    os.waitpid(pid, 0)
    assert text, f"the child was still at it after {LIMIT} s"
    assert text.startswith("ok "), text
    return text[3:]


def joined(line):
    """Return when somebody waits in `line`."""
    while not line.any():
        sleep_ms(1)


def pass_items(core, threadsafe, queue):
    """Move items through `queue`, empty, in the three ways, with no time limit: whoever waits is woken."""
    gone = threadsafe.ThreadSafeEvent()

    def take(n):
        got = [queue.get_sync(True) for _ in range(n)]
        gone.set()
        return got

    thread = start_thread(take, 20)
    for n in range(20):
        queue.put_sync(n, True)
    gone.wait_sync()
    assert thread.join() == list(range(20))

    async def main():
        thread = start_thread(lambda: [queue.put_sync(n, True) for n in range(20)])
        got = []
        for _ in range(20):
            got.append(await queue.get())
        thread.join()
        thread = start_thread(take, 20)
        for n in range(20):
            await queue.put(n)
        assert thread.join() == got == list(range(20))

    core.run(main())
    return "passed"


@case()
def new_queue(core, threadsafe):
    """A child makes what it needs."""
    busy = threadsafe.ThreadSafeQueue(1)
    thread = start_thread(busy.get_sync, True)
    joined(busy.getters)
    assert in_child(lambda: pass_items(core, threadsafe, threadsafe.ThreadSafeQueue(2))) == "passed"
    busy.put_sync("parent's")
    assert thread.join() == "parent's"


@case()
def items_are_copied(core, threadsafe):
    """Each process has the items that there were, and its own from then on."""
    queue = threadsafe.ThreadSafeQueue(3)
    queue.put_sync(1)
    queue.put_sync(2)

    def child():
        queue.put_sync(3)
        return [queue.get_sync() for _ in range(3)]

    assert in_child(child) == "[1, 2, 3]"
    assert [queue.get_sync(), queue.get_sync()] == [1, 2] and queue.empty()


def waiter_is_woken(core, queue):
    """A task waits for an item, and goes on when it is put."""

    async def main():
        waiting = core.create_task(queue.get())
        await settle(core)
        queue.put_sync("child's")
        return await waiting

    return core.run(main())


@case()
def a_thread_waits_for_an_item(core, threadsafe):
    """It waits in the parent: in the child the child's own waiter is woken, not one that does not exist there."""
    queue = threadsafe.ThreadSafeQueue(2)
    thread = start_thread(queue.get_sync, True)
    joined(queue.getters)
    assert in_child(waiter_is_woken, core, queue) == "child's"
    queue.put_sync("parent's")
    assert thread.join() == "parent's"


@case()
def a_thread_waits_for_room(core, threadsafe):
    queue = threadsafe.ThreadSafeQueue(1)
    queue.put_sync("first")
    thread = start_thread(queue.put_sync, "second", True)
    joined(queue.putters)

    async def put_and_get():
        waiting = core.create_task(queue.put("child's"))
        await settle(core)
        first = queue.get_sync()
        await waiting
        return first, queue.get_sync()

    assert in_child(lambda: core.run(put_and_get())) == "('first', \"child's\")"
    assert [queue.get_sync(True), queue.get_sync(True)] == ["first", "second"]
    thread.join()


@case()
def another_thread_s_task_waits_for_an_item(core, threadsafe):
    queue = threadsafe.ThreadSafeQueue(2)
    thread = start_thread(run, core, queue.get)
    joined(queue.getters)
    assert in_child(waiter_is_woken, core, queue) == "child's"
    queue.put_sync("parent's")
    assert thread.join() == "parent's"


@case()
def events_and_messages(core, threadsafe):
    """`set` reaches all who wait, those that do not exist here among them."""
    event, message = threadsafe.ThreadSafeEvent(), threadsafe.Message()
    threads = [start_thread(event.wait_sync), start_thread(message.wait_sync)]
    joined(event._line)
    joined(message._line)

    def child():
        own = [start_thread(event.wait_sync), start_thread(message.wait_sync)]
        event.set()
        message.set(5)
        return [thread.join() for thread in own]

    assert in_child(child) == "[True, 5]"
    event.set()
    message.set(6)
    assert [thread.join() for thread in threads] == [True, 6]


@case()
def queues_in_use(core, threadsafe):
    """Other threads are anywhere inside put and get: in the child N still means N, and the end comes."""
    import sys

    queue = threadsafe.ThreadSafeQueue(3)
    stop = []

    def use():
        while not stop:
            try:
                queue.put_sync(0)
                queue.get_sync()
            except (threadsafe.QueueFull, threadsafe.QueueEmpty):
                pass

    def child():
        try:
            while True:
                queue.get_sync()
        except threadsafe.QueueEmpty:
            pass
        for n in range(3):
            queue.put_sync(n)
        try:
            queue.put_sync(3)
            return "more than N"
        except threadsafe.QueueFull:
            pass
        queue.close()
        got = [queue.get_sync() for _ in range(3)]
        try:
            queue.get_sync(timeout=0)
        except threadsafe.QueueClosed:
            return got

    sys.setswitchinterval(1e-5)
    threads = [start_thread(use) for _ in range(3)]
    try:
        for _ in range(60):
            assert in_child(child) == "[0, 1, 2]"
    finally:
        stop.append(True)
        for thread in threads:
            thread.join()


@case()
def another_thread_runs_a_loop(core, threadsafe):
    """It does not in the child, whose thread may make one."""
    up, end = threadsafe.ThreadSafeEvent(), threadsafe.ThreadSafeEvent()

    async def serve():
        up.set()
        await end.wait()

    thread = start_thread(run, core, serve)
    up.wait_sync()
    queue = threadsafe.ThreadSafeQueue(1)

    def child():
        core.get_event_loop()
        core.create_task(queue.put("item"))
        return core.run(queue.get())

    assert in_child(child) == "item"
    end.set()
    thread.join()


@case()
def a_task_forks(core, threadsafe):
    """Its child is in no task and has no loop: it may block, and run a loop of its own."""

    async def main():
        queue = threadsafe.ThreadSafeQueue(2)
        waiting = core.create_task(queue.get())
        await settle(core)
        said = in_child(pass_items, core, threadsafe, queue)
        queue.put_sync("parent's")
        return said, await waiting

    assert core.run(main()) == ("passed", "parent's")


@case()
def a_task_forks_and_the_child_awaits(core, threadsafe):
    """The parent's loop is not the child's: it says so, and does not run the parent's tasks a second time."""
    import os

    reading, writing = os.pipe()
    log = []

    async def other():
        while True:
            await core.sleep(0)
            log.append(os.getpid())

    async def main():
        other_task = core.create_task(other())
        await settle(core)
        pid = os.fork()
        if not pid:
            log.clear()
            await core.sleep(0)
            os._exit(7)
        other_task.cancel()
        return pid

    try:
        pid = core.run(main())
    except BaseException as error:
        if log:
            os._exit(8)
        os.write(writing, f"{type(error).__name__}: {error}".encode())
        os._exit(0)
    assert os.waitpid(pid, 0)[1] == 0
    said = os.read(reading, 1000).decode()
    assert said.startswith("WrongContextError") and "fork" in said, said


@case()
def a_signal_handler_forks_while_the_loop_sleeps(core, threadsafe):
    """A timer of the parent's that is due by the time that the handler returns starts nothing in the child."""
    import os
    import signal
    import time

    reading, writing = os.pipe()
    parent, pids = os.getpid(), []

    def fork(*_):
        pid = os.fork()
        if pid:
            pids.append(pid)
        else:
            time.sleep(0.15)  # until it is due

    async def main():
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        await core.sleep(0.1)
        os.write(writing, b"parent" if os.getpid() == parent else b"child")

    signal.signal(signal.SIGALRM, fork)
    try:
        core.run(main())
    except BaseException as error:
        if os.getpid() == parent:
            raise
        os.write(writing, type(error).__name__.encode())
    if os.getpid() != parent:
        os._exit(0)
    (pid,) = pids
    assert os.waitpid(pid, 0)[1] == 0
    assert os.read(reading, 1000) == b"parentWrongContextError"


@case()
def who_waits_for_a_task_of_the_parent_s_loop_is_told(core, threadsafe):
    """For ever, or a call that nobody makes: neither."""
    up, end, loops = threadsafe.ThreadSafeEvent(), threadsafe.ThreadSafeEvent(), [core.get_event_loop()]

    async def serve():
        loops.append(core.get_event_loop())
        up.set()
        await end.wait()

    thread = start_thread(run, core, serve)
    up.wait_sync()
    idle, busy = loops
    log = []
    threadsafe.call_soon_threadsafe(idle, log.append, 1)
    unstarted = threadsafe.run_coroutine_threadsafe(end.wait(), idle)
    started = threadsafe.run_coroutine_threadsafe(end.wait(), busy)
    while started.task is None:
        sleep_ms(1)

    def child():
        said = []
        for call in (
            started.result,
            unstarted.result,
            lambda: threadsafe.run_coroutine_threadsafe(end.wait(), busy).result(),
            lambda: threadsafe.call_soon_threadsafe(busy, log.append, 2),
        ):
            try:
                call()
            except (threadsafe.LoopClosed, threadsafe.LoopStopped) as error:
                said.append(type(error).__name__)
        return said, log

    assert in_child(child) == "(['LoopStopped', 'LoopClosed', 'LoopClosed', 'LoopClosed'], [])"
    end.set()
    thread.join()

    async def main():
        return await unstarted

    assert core.run(main()) is True and log == [1]


@case()
def a_loop_of_the_parent_s_is_refused(core, threadsafe):
    core.run(core.sleep(0))
    loop = core.get_event_loop()

    def child():
        said = []
        for call in (lambda: loop.run_until_complete(None), loop.close, loop.run_forever, loop.stop):
            try:
                call()
            except core.WrongContextError as error:
                said.append("fork" in str(error))
        return said, core.get_event_loop() is not loop

    core.create_task(core.sleep(0))
    assert in_child(child) == "([True, True, True, True], True)"
    assert core.get_event_loop() is loop


@case()
def the_parent_s_streams_stay_watched(core, threadsafe):
    """The system's list of what is watched is shared with the child, which must change nothing there."""
    import socket

    a, b = socket.socketpair()

    async def read():
        await core.get_event_loop().queue_read(a)
        return a.recv(1)

    tasks = []

    async def start():
        tasks.append(core.create_task(read()))
        await settle(core)

    async def finish():
        b.send(b"x")
        return await core.wait_for(tasks[0], 2)

    core.run(start())

    def child():
        core.new_event_loop()
        return pass_items(core, threadsafe, threadsafe.ThreadSafeQueue(1))

    assert in_child(child) == "passed"
    assert core.run(finish()) == b"x"


@case()
def the_parent_s_tasks_do_not_end_in_the_child(core, threadsafe):
    """Nor run their `finally` blocks there, which would remove the parent's files."""
    log = []

    async def keep():
        try:
            await core.sleep(100)
        finally:
            log.append("finally")

    async def start():
        core.create_task(keep())
        await settle(core)

    core.run(start())

    def child():
        core.new_event_loop()
        core.run(core.sleep(0))
        return log

    assert in_child(child) == "[]"
    core.new_event_loop()
    assert log == ["finally"]


def child_of_multiprocessing(core, threadsafe, queue, results):
    results.put(pass_items(core, threadsafe, queue))


def started_by_multiprocessing(core, threadsafe, queue):
    import multiprocessing

    context = multiprocessing.get_context("fork")
    results = context.SimpleQueue()
    process = context.Process(target=child_of_multiprocessing, args=(core, threadsafe, queue, results))
    process.start()
    process.join(LIMIT)
    late = process.exitcode is None
    if late:
        process.kill()
    assert not late and process.exitcode == 0, process.exitcode
    return results.get()


@case()
def multiprocessing_forks(core, threadsafe):
    queue = threadsafe.ThreadSafeQueue(2)
    assert started_by_multiprocessing(core, threadsafe, queue) == "passed"
    assert pass_items(core, threadsafe, queue) == "passed"


@case()
def multiprocessing_forks_while_a_thread_and_a_task_wait(core, threadsafe):
    queue = threadsafe.ThreadSafeQueue(2)
    thread = start_thread(queue.get_sync, True)
    joined(queue.getters)

    async def main():
        waiting = core.create_task(queue.get())
        await settle(core)
        assert started_by_multiprocessing(core, threadsafe, queue) == "passed"
        queue.put_sync("a")
        queue.put_sync("b")
        return await waiting

    assert sorted([core.run(main()), thread.join()]) == ["a", "b"]


def parameters():
    return [pytest.param(name, marks=list(marks)) for name, (_, marks) in CASES.items()]


@pytest.mark.cpython
@pytest.mark.parametrize("name", parameters() if CPYTHON else [])
def test_fork(variant, name):
    import os
    import subprocess
    import sys

    import support

    folder = os.path.dirname(support.__file__)
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join([folder, os.environ.get("PYTHONPATH", "")]))
    root = {"plain": "twincore_pure", "compiled": "twincore"}[variant]
    process = subprocess.run(
        [sys.executable, "-W", "ignore", __file__, root, name],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert process.returncode == 0, process.stdout + process.stderr


def main(root, name):
    import importlib

    if root == "twincore_pure":
        from twincore.desktop import pure

        pure.install()
    fn, _ = CASES[name]
    fn(*(importlib.import_module(f"{root}.{folder}") for folder in ("core", "threadsafe")))


# Other tasks


async def drain_by_get(queue, log):
    while not queue.empty():
        log.append(await queue.get())


async def drain_by_get_with_a_timeout(queue, log):
    while not queue.empty():
        log.append(await queue.get(timeout=5))


async def drain_by_async_for(queue, log):
    async for item in queue:
        log.append(item)


WAYS = ["drain_by_get", "drain_by_get_with_a_timeout", "drain_by_async_for", "fill"]


@pytest.mark.parametrize("way", WAYS)
def test_a_task_at_a_queue_that_never_makes_it_wait_lets_others_run(core, threadsafe, way):
    count = 20 * BUDGET
    queue = threadsafe.ThreadSafeQueue(count)
    log, gaps = [], []

    async def other(task):
        before = 0
        while not task.done():
            gaps.append(len(log) - before)
            before = len(log)
            await core.sleep(0)

    async def filling():
        for item in range(count):
            await queue.put(item)
            log.append(item)

    async def main():
        if way == "fill":
            task = core.create_task(filling())
        else:
            for n in range(count):
                queue.put_sync(n)
            queue.close()
            task = core.create_task(globals()[way](queue, log))
        await other(task)
        await task

    run(core, main)
    assert log == list(range(count))
    assert max(gaps) <= BUDGET and len(gaps) >= 20


def test_the_drain_of_a_queue_does_not_hold_up_a_cancel(core, threadsafe):
    """Which comes within BUDGET items, takes none with it and leaves the rest in order."""
    queue = threadsafe.ThreadSafeQueue(10 * BUDGET)
    log = []

    async def main():
        for n in range(10 * BUDGET):
            queue.put_sync(n)
        task = core.create_task(drain_by_get(queue, log))
        await core.sleep(0)
        task.cancel()
        with pytest.raises(core.CancelledError):
            await task

    run(core, main)
    assert 0 < len(log) <= BUDGET
    while not queue.empty():
        log.append(queue.get_sync())
    assert log == list(range(10 * BUDGET))


@pytest.mark.parametrize("pause", range(4))
def test_a_task_that_was_woken_and_lets_others_run_first_passes_on_what_it_was_woken_for(core, threadsafe, pause):
    """If it is cancelled then; whichever of its waits it is at which its turn is over."""

    async def main():
        for waits_before in range(BUDGET + 2):
            queue = threadsafe.ThreadSafeQueue(2)
            first, second = [core.create_task(queue.get()) for _ in range(2)]
            await settle(core)
            for _ in range(waits_before):
                try:
                    await queue.get(timeout=0)
                except core.TimeoutError:
                    pass
            queue.put_sync("item")
            for _ in range(pause):
                await core.sleep(0)
            if first.done():
                assert first.result() == "item"
                second.cancel()
            else:
                first.cancel()
                assert await core.wait_for(second, 5) == "item", waits_before

    run(core, main, limit=60)


CANCELS = 200 if RP2 else 10000


@pytest.mark.rp2040(seeds=1)
def test_ten_thousand_cancelled_gets_lose_nothing_and_keep_the_order(core, threadsafe):
    """Cancelled while they wait, once notified, and before they began; now and then one lives and takes its item."""
    queue = threadsafe.ThreadSafeQueue(4)
    random = Random(14)
    log = []

    async def take():
        log.append(await queue.get())

    async def main():
        put = cancels = 0
        waiting = []
        while cancels < CANCELS:
            while len(waiting) < 3:
                waiting.append(core.create_task(take()))
            for _ in range(random.below(3)):
                await core.sleep(0)
            if random.below(3) == 0 and not queue.full():
                queue.put_sync(put)
                put += 1
            task = waiting.pop(random.below(3))
            if random.below(8) and task.cancel():
                cancels += 1
            else:
                waiting.append(task)
            waiting = [task for task in waiting if not task.done()]
        await settle(core)
        for task in waiting:
            task.cancel()
        await settle(core)
        while not queue.empty():
            log.append(queue.get_sync())
        return put

    put = run(core, main, limit=60)
    assert log == list(range(put)) and put > CANCELS // 20


# Before any loop


@pytest.mark.rp2040(seeds=1)
def test_what_was_made_before_any_loop_works_in_each(core, threadsafe):
    """In three loops one after another, and in none in between."""
    queue, event, message = threadsafe.ThreadSafeQueue(2), threadsafe.ThreadSafeEvent(), threadsafe.Message()

    async def use(n):
        getter = core.create_task(queue.get())
        waiter = core.create_task(event.wait())
        reader = core.create_task(message.wait())
        await settle(core)
        thread = start_thread(lambda: (queue.put_sync(n), message.set(n), event.set()))
        got = await getter, await waiter, await reader
        thread.join()
        event.clear()
        message.clear()
        return got

    for n in range(3):
        assert run(core, use, n) == (n, True, n)
        queue.put_sync("between")
        assert queue.get_sync() == "between" and not event.is_set() and not message.is_set()


def test_making_them_needs_no_loop_even_where_none_can_be_had(core, threadsafe):
    """In a thread that has no loop while another's runs: to ask for one is an error there."""

    def make():
        with pytest.raises(core.WrongContextError):
            core.get_event_loop()
        made = threadsafe.ThreadSafeQueue(1), threadsafe.ThreadSafeEvent(), threadsafe.Message()
        made[0].put_sync("item")
        return made

    async def main():
        thread = start_thread(make)
        while not thread.finished:
            await core.sleep(0)
        return thread.join()

    queue, event, message = run(core, main)
    assert run(core, queue.get) == "item"
    event.set()
    message.set(1)
    assert run(core, event.wait) is True and run(core, message.wait) == 1


if __name__ == "__main__" and CPYTHON:
    import sys

    main(*sys.argv[1:])


@pytest.mark.cpython
def test_import_star_has_all_names(threadsafe):
    here = {}
    exec("from " + threadsafe.__name__ + " import *", here)
    del here["__builtins__"]
    assert {"ThreadSafeQueue", "SPSCQueue", "Broadcast", "QueueClosed", "run_coroutine_threadsafe"} <= set(here)
    assert sorted(here) == threadsafe.__all__ and all(getattr(threadsafe, name) is here[name] for name in here)
