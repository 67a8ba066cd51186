"""Programs that hypothesis makes up do the same with our queues, semaphores, conditions and barriers as with asyncio's.

Random puts, gets, acquires, notifications, cancels and time limits, in virtual time: see `programs_of_primitives`, and
tests/core/test_differential.py for the rest. TWINCORE_PROGRAMS=20000 makes up that many, and new ones each time.
"""

import asyncio
import collections
import os
import sys

import pytest

if sys.implementation.name != "micropython":
    from hypothesis import HealthCheck, given, note, settings
    from hypothesis import strategies as st

    import programs as p
    import programs_of_primitives as q
    from programs_on_asyncio import ORDERS, AsyncioRules, Excluded, VirtualLoop

pytestmark = [pytest.mark.cpython, pytest.mark.timeout(600)]

MANY = int(os.environ.get("TWINCORE_PROGRAMS", "0"))
COUNT = MANY or 400
NAMES = "abcdefgh"
LEAVES = "sleep sleep yield_ cancel look get get put put get_now put_now join task_done release".split()
LEAVES += ["meet", "meet", "break_"] if hasattr(asyncio, "Barrier") else []
BLOCKS = "held held waits waits notify notify finally_ try_".split()


class Author:
    """Writes one program: some tasks side by side."""

    def __init__(self, draw):
        self.draw = draw
        self.left = draw(st.integers(4, 20))  # statements

    def program(self):
        count = self.draw(st.integers(2, 6))
        return p.Program(*[p.Task(name, *self.block(0)) for name in NAMES[:count]])

    def block(self, depth):
        statements = []
        for _ in range(self.draw(st.integers(1, 4))):
            self.left -= 1
            choice = LEAVES + (BLOCKS if depth < 2 and self.left > 0 else [])
            statements.append(getattr(self, self.draw(st.sampled_from(choice)))(depth))
            if self.left <= 0:
                break
        return tuple(statements)

    def time(self, least=1):
        return self.draw(st.integers(least, 6))

    def limit(self):
        return self.draw(st.none() | st.none() | st.integers(1, 8))

    def one_of(self, count):
        return self.draw(st.integers(0, count - 1))

    def sleep(self, depth):
        return p.Sleep(self.time(1))

    def yield_(self, depth):
        return p.Yield()

    def cancel(self, depth):
        return p.Cancel(self.time(), self.draw(st.sampled_from(NAMES)))

    def look(self, depth):
        return p.Look(self.time(1), self.draw(st.sampled_from(NAMES)))

    def get(self, depth):
        return q.Get(self.time(), self.one_of(3), self.limit())

    def put(self, depth):
        return q.Put(self.time(), self.one_of(3), self.limit())

    def get_now(self, depth):
        return q.GetNow(self.time(), self.one_of(3))

    def put_now(self, depth):
        return q.PutNow(self.time(), self.one_of(3))

    def join(self, depth):
        return q.Join(self.time(), self.one_of(3), self.limit())

    def task_done(self, depth):
        return q.TaskDone(self.time(), self.one_of(3))

    def release(self, depth):
        return q.Release(self.time(), self.one_of(2))

    def meet(self, depth):
        return q.Meet(self.time(), self.one_of(2), self.limit())

    def break_(self, depth):
        return q.Break(self.time(), self.one_of(2), self.draw(st.sampled_from(["abort", "reset"])))

    def held(self, depth):
        return q.Held(self.time(), self.one_of(2), self.limit(), *self.block(depth + 1))

    def waits(self, depth):
        return q.Waits(self.time(), self.one_of(2), self.limit(), *self.block(depth + 1))

    def notify(self, depth):
        return q.Notify(self.time(), self.one_of(2), self.draw(st.integers(1, 3)), *self.block(depth + 1))

    def finally_(self, depth):
        return p.Finally(self.block(depth + 1), (p.Sleep(self.time(1)),))

    def try_(self, depth):
        what = self.draw(st.sampled_from(["CancelledError", "TimeoutError"]))
        return p.Try(self.block(depth + 1), what, (p.Sleep(self.time(1)),))


def on_asyncio(program):
    """The trace that every order of what happens at one time leaves; raises Excluded if there is none."""
    found = None
    for order in ORDERS:
        rules = AsyncioRules()
        run = q.RunOfPrimitives(asyncio, asyncio, rules, program)
        loop = VirtualLoop(order)
        try:
            loop.run_until_complete(run.main())
        finally:
            loop.close()
        excluded = rules.finish()
        if excluded:
            raise Excluded(excluded[0])
        if run.barged():
            raise Excluded("somebody takes what another was woken for")
        if found is not None and run.trace != found:
            raise Excluded("the order of what happens at one time decides")
        found = run.trace
    return found


def on_twincore(core, primitives, program):
    run = q.RunOfPrimitives(core, primitives, p.Rules(), program)
    loop = core.new_event_loop(core.VirtualClock())
    loop.set_exception_handler(lambda loop, context: None)
    try:
        core.run(run.main())
    finally:
        core.new_event_loop()
    return run.trace


def test_programs_leave_the_same_trace_as_on_asyncio(core, primitives):
    seen = collections.Counter()

    @settings(
        max_examples=COUNT,
        derandomize=not MANY,
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
    )
    @given(st.composite(lambda draw: Author(draw).program())())
    def compare(program):
        try:
            expected = on_asyncio(program)
        except Excluded as why:
            seen[str(why)] += 1
            return
        seen["compared"] += 1
        found = on_twincore(core, primitives, program)
        if found != expected:
            for who in sorted(set(found) | set(expected)):
                if found.get(who) != expected.get(who):
                    note(f"{who} here:       {found.get(who)}\n{who} on asyncio: {expected.get(who)}")
            note(repr(program))
            raise AssertionError("it leaves another trace than on asyncio")

    compare()
    print(dict(seen))
    assert seen["compared"] > COUNT / 4, seen
