"""The explorer finds what is there: races of a few lines, and defects put into the library on purpose."""

from itertools import permutations
from pathlib import Path

import controlled
import pytest
import scenarios_of_asyncio as foreign
import scenarios_of_batches as batches
import scenarios_of_calls as calls
import scenarios_of_closing as closing
import scenarios_of_giving_up as giving_up
import scenarios_of_joining as joining
import scenarios_of_locks as locks
import scenarios_of_overflow as overflow
import scenarios_of_queues as queues
import scenarios_of_signals as signals
import scenarios_of_streams as streams
from explorer import Failure, explore
from instrument import copy_of

pytestmark = [pytest.mark.cpython, pytest.mark.filterwarnings("ignore:coroutine")]


class Nothing:
    """In place of a library, for scenarios that need none."""

    def reset(self):
        pass


class Box:
    n = 0


def add(box):
    """`box.n += 1`, as the explorer sees it: a read and a write."""
    n = controlled.read(box, "n", "add reads").n
    controlled.write(box, "n", "add writes").n = n + 1


def counting(threads, times, check):
    """A scenario: so many threads, of different names, add to one number so many times each."""

    def scenario(_):
        box = Box()

        def work():
            for _ in range(times):
                add(box)

        return [(f"thread {n}", work) for n in range(threads)], lambda: check(box.n)

    return scenario


def must_be_two(n):
    assert n == 2, n


def test_a_lost_update_needs_one_preemption():
    assert explore(Nothing(), counting(2, 1, must_be_two), bound=0).failure is None
    report = explore(Nothing(), counting(2, 1, must_be_two), bound=2)
    assert report.bound == 0 and not report.complete
    assert "at the end: 1" in report.failure and "preempted by" in report.failure
    with pytest.raises(Failure, match="at the end: 1"):
        report.raise_if_failed()


def test_what_needs_two_preemptions_is_found_with_two_and_not_with_one():
    """One sets 1, then 0; another must see 1, then 0."""

    def scenario(_):
        box = Box()

        def change():
            for n in (1, 0):
                controlled.write(box, "n", "changes").n = n

        def look():
            if controlled.read(box, "n", "looks").n == 1:
                assert controlled.read(box, "n", "looks again").n == 1

        return [("changes", change), ("looks", look)], None

    assert explore(Nothing(), scenario, bound=1).complete
    assert "looks raised AssertionError" in explore(Nothing(), scenario, bound=2).failure


def preemptions(order):
    """How often in `order`, a string of who makes each step, one gives way that has steps left."""
    return sum(order[n] != order[n - 1] and order[n - 1] in order[n:] for n in range(1, len(order)))


@pytest.mark.parametrize("bound", [0, 1, 2, 3])
@pytest.mark.parametrize("steps", ["aabb", "aaabbb", "abbbb", "aabbcc"])
def test_it_tries_every_order_with_so_many_preemptions_and_no_other(steps, bound):
    def scenario(_):
        box = Box()
        log = []

        def work(name):
            for _ in range(steps.count(name)):
                controlled.write(box, "n", "works")
                log.append(name)

        return [(name, lambda name=name: work(name)) for name in sorted(set(steps))], lambda: "".join(log)

    report = explore(Nothing(), scenario, bound, caching=False)
    assert report.outcomes == {o for o in map("".join, permutations(steps)) if preemptions(o) <= bound}


@pytest.mark.parametrize("bound", [1, 2, 3])
@pytest.mark.parametrize("case", [(2, 2), (3, 1), (3, 2), (2, 4)])
def test_what_is_cut_short_would_have_ended_as_something_else_did(case, bound):
    whole = explore(Nothing(), counting(*case, int), bound, caching=False, cap=30000)
    cut = explore(Nothing(), counting(*case, int), bound)
    assert cut.complete and cut.outcomes >= whole.outcomes
    if whole.complete:
        assert cut.outcomes == whole.outcomes and cut.total <= whole.total


def test_a_deadlock_is_found_and_told():
    def scenario(_):
        first, second = controlled.Lock(), controlled.Lock()

        def take(one, other):
            with one, other:
                pass

        return [("ab", lambda: take(first, second)), ("ba", lambda: take(second, first))], None

    assert explore(Nothing(), scenario, bound=0).complete
    assert "for ever waits ab and ba" in explore(Nothing(), scenario, bound=1).failure


def test_what_a_deque_is_extended_with_is_of_the_same_step():
    """And is seen to be shared: a list that another thread clears is cleared before all of it, or behind."""

    def scenario(_):
        log = controlled.Deque()
        is_open = controlled.List([True])
        gate = iter(is_open.__len__, 0)

        def look_twice():
            log.extend(zip("ab", gate, strict=False))

        return [("looks", look_twice), ("clears", is_open.clear)], lambda: "".join(name for name, _ in log)

    report = explore(Nothing(), scenario, bound=2)
    assert report.complete and report.outcomes == {"", "ab"}


def test_the_end_of_a_run_is_nothing_to_be_caught(library):
    """Source that goes on after whatever is raised, as a condition does to have its lock, does not outlive the run."""

    def scenario(library):
        condition = library.threadsafe.ThreadSafeCondition()

        def wait():
            with condition:
                condition.wait_sync()

        return [("waits", wait), ("takes", condition.acquire_nowait)], None

    assert "for ever waits" in explore(library, scenario, bound=2).failure


def test_an_error_in_a_thread_is_found():
    def scenario(_):
        box = Box()

        def halve():
            if controlled.read(box, "n", "looks").n:
                1 // controlled.read(box, "n", "uses").n

        def reset():
            controlled.write(box, "n", "resets").n = 0

        box.n = 2
        return [("halves", halve), ("resets", reset)], None

    assert "halves raised ZeroDivisionError" in explore(Nothing(), scenario, bound=2).failure


def test_time_passes_only_when_all_wait_or_at_any_step_of_who_lets_it():
    def scenario(pass_time):
        def build(_):
            lock = controlled.Lock()
            lock.acquire()
            taken = []
            threads = [("waits", lambda: taken.append(lock.acquire(True, 1))), ("gives", lock.release)]
            if pass_time:
                threads.append(("time", lambda: controlled.pass_time(1)))
            return threads, lambda: taken[0]

        return build

    assert explore(Nothing(), scenario(False), bound=2).outcomes == {True}
    assert explore(Nothing(), scenario(True), bound=2).outcomes == {True, False}


def test_a_thread_that_waits_without_sleeping_is_told_and_does_not_stop_the_search():
    def scenario(_):
        box = Box()

        def spin():
            while controlled.read(box, "n", "spins").n == 0:
                pass

        def let_go():
            controlled.write(box, "n", "lets go").n = 1

        return [("spins", spin), ("lets go", let_go)], None

    report = explore(Nothing(), scenario, bound=1)
    assert report.complete and report.spun
    assert "round and round" in str(report)


def test_a_capped_run_says_so_and_is_no_success():
    report = explore(Nothing(), counting(3, 3, int), bound=2, cap=50)
    assert report.failure is None and not report.complete and "incomplete" in str(report)
    with pytest.raises(Failure, match="incomplete"):
        report.raise_if_failed()


def test_threads_of_one_name_are_alike():
    def scenario(name):
        def build(_):
            box = Box()
            return [(name.format(n), lambda: add(box)) for n in range(3)], lambda: box.n

        return build

    alike = explore(Nothing(), scenario("thread"), bound=2)
    each = explore(Nothing(), scenario("thread {}"), bound=2)
    assert alike.outcomes == each.outcomes == {1, 2, 3}
    assert alike.total * 2 < each.total


def test_it_sees_what_the_library_s_threads_share(library):
    """Attributes, deques and locks of all the layers; and nothing that only one of them touches."""
    report = explore(library, closing.close_against_put_and_get, bound=1)
    named = {site.rpartition(" ")[2] for site in report.sites if isinstance(site, str)}
    assert named >= {"closed", "_asleep"}
    made_in = {Path(site[0].co_filename).stem for site in report.sites if not isinstance(site, str)}
    assert made_in >= {"store_cpython", "waitline_cpython", "native_cpython", "parker_cpython"}
    assert not any("busy" in name for name in named)


def test_a_change_that_is_not_in_the_source_is_refused():
    with pytest.raises(AssertionError, match="0 places"):
        copy_of({PARKING: [("no such text", "")]})


# What is wrong, where, and in which scenario that shows. Each change is of text that occurs once.

PARKING, QUEUE, EVENT, MESSAGE, STORE, BELL = (
    "threadsafe/parking.py",
    "threadsafe/queue.py",
    "threadsafe/event.py",
    "threadsafe/message.py",
    "threadsafe/store_cpython.py",
    "core/doorbell_cpython.py",
)
BATCHES, PERMITS, LOCK, CONDITION = (
    "threadsafe/batches.py",
    "threadsafe/permits_cpython.py",
    "threadsafe/lock.py",
    "threadsafe/condition.py",
)
SNAPSHOT, PIPE, BROADCAST, INBOX, CALLS, FOREIGN = (
    "threadsafe/snapshot.py",
    "threadsafe/bytepipe.py",
    "threadsafe/broadcast.py",
    "threadsafe/inbox.py",
    "threadsafe/calls.py",
    "core/foreign_cpython.py",
)
MUTANTS = [
    (
        "a thread sleeps without a second look",
        PARKING,
        "result = attempt()\n                    while result is PENDING",
        "while result is PENDING",
        closing.close_against_getting_threads,
    ),
    (
        "a timed-out thread does not pass its notification on",
        PARKING,
        "not used and released is None:\n                            line.notify()",
        "not used and released is None:\n                            pass",
        giving_up.get_timing_out_in_a_thread,
    ),
    (
        "a cancelled task does not pass on a notification that it has answered",
        PARKING,
        "if self.notified:\n            self.pass_on()\n            return False",
        "if self.notified:\n            return False",
        giving_up.cancel_by_a_task_that_is_woken_with_it,
    ),
    (
        "a cancelled task does not pass on a notification that has only been rung",
        PARKING,
        "if not self.line.leave(self):\n            self.pass_on()",
        "self.line.leave(self)",
        giving_up.cancel_of_a_getting_task_beside_a_thread,
    ),
    (
        "a notified task is not found by a cancel before it runs",
        PARKING,
        "task.data = self  # so that",
        "pass  # so that",
        giving_up.cancel_by_a_task_that_is_woken_with_it,
    ),
    (
        "the bell is not looked at between 'asleep' and sleeping",
        BELL,
        "if len(self.pending) == 0:\n                self._parker",
        "if True:\n                self._parker",
        queues.two_threads_to_two_tasks,
    ),
    (
        "ringing looks for a sleeper before it leaves its cell",
        BELL,
        "self.pending.push_once(cell)\n        if self._asleep:",
        "asleep = self._asleep\n        self.pending.push_once(cell)\n        if asleep:",
        queues.two_threads_to_two_tasks,
    ),
    (
        "the event notifies before its state is stored",
        EVENT,
        "self._state = True\n",
        "if self._line.any():\n            self._line.notify_all()\n        self._state = True\n        return\n",
        signals.event_of_threads,
    ),
    (
        "an event's task that set itself going is held up by a clear",
        EVENT,
        "parked.notified = True  # whoever",
        "pass  # whoever",
        signals.event_set_and_cleared_before_one_task,  # needs three preemptions
    ),
    (
        "a message is not looked at again before its reader sleeps",
        MESSAGE,
        "if self.message.published()[0] is not self.seen:",
        "if False:",
        signals.message_iterated,
    ),
    (
        "clearing a message stores the value anew",
        MESSAGE,
        "self._published[0][0][0] = False",
        "self._published.append(([False], *self._published[0][1:]))",
        signals.message_set_against_clear,
    ),
    (
        "a put that has its slot does not look at the close again",
        STORE,
        "if self.closed:  # since the first look",
        "if False:  # since the first look",
        closing.close_against_put_and_get,
    ),
    (
        "closed and empty is taken for drained",
        STORE,
        "return self.closed and len(self._permits) == self.size",
        "return self.closed and len(self._items) == 0",
        closing.close_against_put_and_get,
    ),
    (
        "a batch that was put wakes one getter only",
        QUEUE,
        "self._wake(self.getters, count)",
        "self._wake(self.getters, 1)",
        batches.batch_to_two_getters,
    ),
    (
        "a batch that was taken wakes one putter only",
        QUEUE,
        "self._wake(self.putters, len(items))",
        "self._wake(self.putters, 1)",
        batches.batch_from_two_putters,
    ),
    (
        "a batch that is closed in the middle is refused as a whole",
        BATCHES,
        "            if not self.count:\n                raise",
        "            raise",
        batches.close_against_put_many,
    ),
    (
        "a batch whose time is up says that nothing of it is in",
        BATCHES,
        "return self.count if self.late()",
        "return 0 if self.late()",
        batches.put_many_of_a_task_timing_out,
    ),
    (
        "the last batch of a closed queue is not told to the other getter",
        QUEUE,
        "len(items))\n        if store.closed:",
        "len(items))\n        if False:",
        batches.close_against_two_batches_of_one_item,
    ),
    (
        "the oldest item is looked at, then dropped",
        STORE,
        "            self._items.popleft()\n        except IndexError:\n            if",
        "            self._items.remove(self._items[0])\n        except IndexError:\n            if",
        overflow.drop_oldest_by_two_producers,
    ),
    (
        "a slot made for a moment stays",
        STORE,
        "        self._dropped.add()\n        if self._owed:\n            self._drop_what_is_over()\n",
        "        self._dropped.add()\n",
        overflow.drop_oldest_by_two_producers,
    ),
    (
        "an item is counted as put when it can be got",
        STORE,
        "self._put.add()\n        self._reached[self.size - len(self._permits)] = 1\n        self._items.append(item)",
        "self._items.append(item)\n        self._put.add()",
        joining.join_of_what_is_put_meanwhile,
    ),
    (
        "two may be given one number",
        STORE,
        "return next(self._count)",
        "number = self.value()\n        next(self._count)\n        return number",
        joining.done_once_too_often,
    ),
    (
        "the end of the work is looked for before it is told",
        QUEUE,
        "        finished = self._store.finish()\n"
        "        if self.joiners.any() and not self.unfinished:  # in vain, too: others saw that\n"
        "            self.joiners.notify_all()\n",
        "        if self.joiners.any() and not self.unfinished:\n            self.joiners.notify_all()\n"
        "        finished = self._store.finish()\n",
        joining.join_of_two_workers,
    ),
    (
        "who joins the line of a lock does not look whether it is free",
        PERMITS,
        "while self._waiters and self.take():",
        "while False:",
        locks.lock_of_threads,
    ),
    (
        "who frees a lock does not look at the line again",
        PERMITS,
        "if not self._waiters or not self.take():",
        "if True:",
        locks.lock_of_a_thread_and_a_task,
    ),
    (
        "a lock is free for a moment as it is handed over",
        PERMITS,
        "                waiter.granted = True",
        "                self._free.append(None)\n                waiter.granted = True",
        locks.lock_of_two_tasks_and_a_thread,
    ),
    (
        "a thread whose time is up keeps the lock that it was handed",
        LOCK,
        "                self.permits.notify()",
        "                pass",
        locks.lock_wait_timing_out_in_a_thread,
    ),
    (
        "a cancelled task keeps the lock that it was handed",
        LOCK,
        "again has nothing\n        self.line.notify()",
        "again has nothing",
        locks.lock_wait_cancelled_beside_a_task,
    ),
    (
        "a thread whose time is up keeps the permit that it was handed",
        LOCK,
        "                self.permits.notify()",
        "                pass",
        locks.semaphore_wait_timing_out,
    ),
    (
        "a permit that is not out may come back",
        PERMITS,
        "                        out.pop()",
        "                        out.pop() if len(out) > 1 else out.clear()",
        locks.semaphore_released_too_often,
    ),
    (
        "a condition's thread releases the lock before it joins the line",
        CONDITION,
        "        condition._line.join(parked)\n        if not self.released:\n            try:\n"
        "                condition._lock.release()",
        "        if not self.released:\n            try:\n                condition._lock.release()\n"
        "                condition._line.join(parked)",
        locks.condition_of_threads,
    ),
    (
        "who gives up does not pass on what a condition notified",
        CONDITION,
        "if round == self._round:",
        "if False:",
        locks.condition_wait_cancelled_when_woken,
    ),
    (
        "the number and the values of a snapshot are read one after the other",
        SNAPSHOT,
        "            return self._published\n        row",
        "            return self.version, self._published[1]\n        row",
        streams.snapshot_is_whole,
    ),
    (
        "a snapshot is not looked at again before its reader sleeps",
        SNAPSHOT,
        "            parked.try_now()",
        "            pass",
        streams.snapshot_wait_given_up,
    ),
    (
        "a pipe's counter is moved before the bytes are there",
        PIPE,
        "        at = head % self.size\n",
        "        at = head % self.size\n        self._head = (head + count) % self._wrap\n",
        streams.pipe_between_threads,
    ),
    (
        "a pipe is not looked at again before its reader sleeps",
        PIPE,
        "        if self.ready():",
        "        if False:",
        streams.pipe_thread_to_task,
    ),
    (
        "a writer does not tell the reader to make room",
        PIPE,
        "        self.flush()\n        return True",
        "        return True",
        streams.pipe_writer_that_needs_room,
    ),
    (
        "an item is numbered, then added",
        BROADCAST,
        "self._log.extend(zip(self._gate, source, self._numbers))",
        "number = next(self._numbers)\n            self._log.extend((True, item, number) for item in source)",
        streams.broadcast_of_two_publishers,
    ),
    (
        "an item may be published behind the close",
        BROADCAST,
        "self._log.extend(zip(self._gate, source, self._numbers))",
        "if not self._open:\n                raise _closed()\n"
        "            self._log.extend(zip((1,), source, self._numbers))",
        streams.broadcast_closed_against_publish,
    ),
    (
        "a subscriber that was overtaken takes what stands at its place",
        BROADCAST,
        "if number == self._number:",
        "if True:",
        streams.broadcast_that_overtakes_a_task,
    ),
    (
        "a queue of one producer is not looked at again before its consumer sleeps",
        QUEUE,
        "return len(store) > 0 or store.drained()",
        "return False",
        streams.spsc_thread_to_task,
    ),
    (
        "who puts a call in does not look whether the loop was closed",
        INBOX,
        "if call.loop.closed and call.claim():",
        "if False:",
        calls.loop_ends_before_a_call,
    ),
    (
        "a call may be cancelled and made",
        INBOX,
        "return self._unclaimed.pop() is None",
        "first = len(self._unclaimed) > 0\n                self._unclaimed.clear()\n                return first",
        calls.call_cancelled,
    ),
    (
        "the line is looked at before the outcome is stored",
        CALLS,
        "        self._outcome = outcome\n",
        "        if self.line.any():\n            self.line.notify_all()\n"
        "        self._outcome = outcome\n        return\n",
        calls.result_of_a_coroutine,
    ),
    (
        "the end of a run is not told to who waits for its tasks",
        INBOX,
        "            handle.line.notify_all()",
        "            pass",
        calls.loop_stops_during_a_coroutine,
    ),
    (
        "asyncio's bell counts as answered only when it was",
        FOREIGN,
        "        self.rung = False  # first: who rings from here on is heard\n        super().answer()",
        "        super().answer()\n        self.rung = False",
        foreign.by_descriptor[0],
    ),
    (
        "a task of asyncio that is cancelled keeps what it was woken for",
        FOREIGN,
        "            task.give_up()\n            raise",
        "            raise",
        foreign.by_descriptor[2],
    ),
]


@pytest.mark.parametrize(("what", "file", "old", "new", "scenario"), MUTANTS, ids=[m[0] for m in MUTANTS])
def test_a_defect_in_the_library_is_found(what, file, old, new, scenario):
    mutant = copy_of({file: [(old, new)]})
    report = explore(mutant, scenario, bound=3)
    mutant.forget()
    print(report)
    assert report.failure is not None, what
