"""What has a twin in C: the ring, a step of a coroutine, the clock, the thread's ident. Both behave alike."""

import gc
import random

import pytest

from support import CPYTHON, sleep_ms, start_thread


def drained(ring):
    out = []
    while len(ring):
        out.append(ring.pop())
    return out


@pytest.mark.parametrize("size", [1, 16, 100])
def test_a_ring_is_first_in_first_out_and_grows(core, size):
    ring = core.native.Ring(size)
    for n in range(100):
        ring.reserve(1)
        ring.push(n)
    assert len(ring) == 100
    assert drained(ring) == list(range(100))


@pytest.mark.micropython
def test_pushing_more_than_was_reserved_is_an_error_and_loses_nothing(core):
    ring = core.native.Ring(2)
    ring.push(0)
    ring.push(1)
    with pytest.raises(IndexError):
        ring.push(2)
    assert drained(ring) == [0, 1]


def test_an_empty_ring_says_so(core):
    ring = core.native.Ring()
    assert len(ring) == 0
    with pytest.raises(IndexError):
        ring.pop()
    ring.push(1)
    ring.pop()
    with pytest.raises(IndexError):
        ring.pop()


@pytest.mark.parametrize("seed", [1, 2])
def test_a_ring_agrees_with_a_list_while_it_wraps_and_grows(core, seed):
    random.seed(seed)
    ring, model = core.native.Ring(), []
    for n in range(3000):
        if random.randrange(100) < 53 or not model:
            ring.reserve(1)
            ring.push(n)
            model.append(n)
        else:
            ring.reserve(-1)
            assert ring.pop() == model.pop(0)
        assert len(ring) == len(model)
    assert drained(ring) == model


@pytest.mark.cpython
def test_a_ring_keeps_and_releases_what_it_holds(core):
    import weakref

    class Thing:
        pass

    ring = core.native.Ring()
    things = [Thing() for _ in range(40)]
    seen = [weakref.ref(thing) for thing in things]
    for thing in things:
        ring.push(thing)
    del thing, things
    gc.collect()
    assert all(ref() is not None for ref in seen)
    for _ in range(40):
        ring.pop()
    gc.collect()
    assert all(ref() is None for ref in seen)


@pytest.mark.cpython
def test_nothing_is_lost_when_growing_collects_garbage_that_pushes(core):
    ring = core.native.Ring()
    pushed = []

    class Garbage:
        def __init__(self, n):
            self.n = n
            self.me = self

        def __del__(self):
            pushed.append(self.n)
            ring.push(self.n)

    before = gc.get_threshold()
    gc.set_threshold(5, 2, 2)
    try:
        for n in range(3000):
            Garbage(n)
            pushed.append(-n)
            ring.push(-n)
        gc.collect()
    finally:
        gc.set_threshold(*before)
    assert sorted(drained(ring)) == sorted(pushed)


@pytest.mark.cpython
def test_pushes_from_threads_are_all_there(core):
    ring = core.native.Ring()

    def pusher(base):
        for n in range(5000):
            ring.push(base + n)

    threads = [start_thread(pusher, base) for base in (0, 10000, 20000)]
    for thread in threads:
        thread.join()
    out = drained(ring)
    for base in (0, 10000, 20000):
        assert [n for n in out if base <= n < base + 5000] == list(range(base, base + 5000))


@pytest.mark.parametrize("size, offset, count", [(5, 0, 2), (16, 3, 1), (16, 3, 16), (15, 9, 7), (1, 0, 1), (33, 9, 3)])
def test_the_last_items_of_a_ring_can_be_moved_to_its_front(core, size, offset, count):
    ring = core.native.Ring()
    ring.reserve(64)
    for n in range(offset):
        ring.push(n)
        ring.pop()
    for n in range(size):
        ring.push(n)
    ring.rotate(count)
    ring.push("more")
    expected = list(range(size))
    expected = expected[size - count :] + expected[: size - count] + ["more"]
    assert [ring.pop() for _ in range(len(ring))] == expected


def test_the_clock_goes_forward_in_its_units(core):
    clock = core.native.Clock()
    start = clock.now()
    sleep_ms(20)
    passed = clock.now() - start
    units = 1000 if CPYTHON else 1
    assert 19 * units <= passed < 1000 * units
    assert isinstance(passed, int)


@pytest.mark.micropython
def test_the_clock_counts_less_after_rebasing(core):
    clock = core.native.Clock()
    clock._now = 1 << 29
    clock.rebase(clock.now())
    assert 0 <= clock.now() < 1000


def test_each_thread_has_an_ident_of_its_own(core):
    ident = core.native.ident
    assert ident() == ident()
    assert start_thread(ident).join() != ident()


def test_a_fence_may_be_put_anywhere(core):
    core.native.fence()
    start_thread(core.native.fence).join()
