"""The heap of timers: the first due leaves first, first come first served among equals."""

import random

import pytest


def filled(core, whens):
    heap = core.timers.TimerHeap()
    timers = []
    for when in whens:
        timers.append(core.timers.Timer())
        heap.push(timers[-1], when)
    return heap, timers


def same(these, those):
    """Whether both lists hold the same objects in the same order."""
    return [id(one) for one in these] == [id(one) for one in those]


def drained(heap):
    out = []
    while len(heap):
        out.append(heap.pop())
    return out


@pytest.mark.rp2040(seeds=1)
def test_timers_leave_in_order_of_their_times(core):
    heap, _ = filled(core, [30, 10, 50, 20, 40, 0, 5])
    assert heap.due == 0
    assert [timer.when for timer in drained(heap)] == [0, 5, 10, 20, 30, 40, 50]
    assert heap.due == -1


def test_a_time_before_the_beginning_is_the_beginning(core):
    heap, _ = filled(core, [3, -5])
    assert heap.due == 0
    assert [timer.when for timer in drained(heap)] == [0, 3]


def test_what_is_due_expires_in_order_and_may_push_more(core):
    log = []
    heap = core.timers.TimerHeap()

    class Logged(core.timers.Timer):
        def expire(self):
            log.append(self.when)
            if len(log) == 2:
                heap.push(Logged(), 2)
                heap.push(Logged(), 9)

    for when in (5, 1, 3, 8, 3):
        heap.push(Logged(), when)
    heap.expire(3)
    assert log == [1, 3, 2, 3] and heap.due == 5
    heap.expire(100)
    assert log[4:] == [5, 8, 9] and len(heap) == 0


def test_what_has_patience_waits_until_it_has_settled_and_so_does_what_is_due_after_it(core):
    log = []

    class Logged(core.timers.Timer):
        def expire(self):
            log.append(self.when)

    class Patient(Logged):
        def has_patience(self):
            return True

    heap = core.timers.TimerHeap()
    heap.push(Patient(), 1)
    heap.push(Logged(), 5)
    heap.settled = heap.arrivals
    heap.push(Patient(), 3)
    heap.push(Logged(), 2)
    heap.expire(9, False)
    assert log == [1, 2]
    heap.settled = heap.arrivals
    heap.expire(9, False)
    assert log == [1, 2, 3, 5]


def test_equal_times_leave_in_order_of_arrival(core):
    heap, timers = filled(core, [7] * 20)
    assert same(drained(heap), timers)


def test_an_empty_heap_says_so(core):
    heap, _ = filled(core, [])
    assert len(heap) == 0
    with pytest.raises(IndexError):
        heap.pop()


def test_a_timer_knows_whether_it_is_in_a_heap(core):
    heap, (first, second) = filled(core, [1, 2])
    assert first.slot >= 0 and second.slot >= 0
    heap.remove(second)
    assert second.slot == -1
    assert heap.pop() is first
    assert first.slot == -1


@pytest.mark.parametrize("gone", range(7))
def test_a_timer_that_is_removed_leaves_the_others_in_order(core, gone):
    heap, timers = filled(core, [4, 1, 6, 3, 3, 2, 5])
    heap.remove(timers[gone])
    rest = [(timer.when, n, timer) for n, timer in enumerate(timers) if n != gone]
    rest.sort(key=lambda entry: entry[:2])
    assert same(drained(heap), [entry[2] for entry in rest])


def test_a_timer_can_be_pushed_again_once_it_is_out(core):
    heap, (first, second) = filled(core, [1, 2])
    heap.remove(first)
    heap.push(first, 3)
    assert [timer is second for timer in drained(heap)] == [True, False]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_thousand_random_operations_agree_with_a_sorted_list(core, seed):
    random.seed(seed)
    heap = core.timers.TimerHeap()
    model = []  # (when, arrival, timer)
    for arrival in range(1000):
        chance = random.randrange(10)
        if chance < 6 or not model:
            timer = core.timers.Timer()
            when = random.randrange(40)
            heap.push(timer, when)
            model.append((when, arrival, timer))
        else:
            model.sort(key=lambda entry: entry[:2])
            at = 0 if chance < 8 else random.randrange(len(model))
            timer = model.pop(at)[2]
            if chance < 8:
                assert heap.pop() is timer
            else:
                heap.remove(timer)
        assert len(heap) == len(model)
        assert heap.due == (min([entry[0] for entry in model]) if model else -1)
    model.sort(key=lambda entry: entry[:2])
    assert same(drained(heap), [entry[2] for entry in model])


def test_most_of_many_timers_may_be_removed_before_they_are_due(core):
    """As timeouts are: what is left leaves in order, and what was removed is not kept alive."""
    random.seed(3)
    heap, timers = filled(core, [random.randrange(1000) for _ in range(2000)])
    kept = []
    for n, timer in enumerate(timers):
        if n % 50 == 7:
            kept.append((timer.when, n, timer))
        else:
            heap.remove(timer)
    assert len(heap) == len(kept) == 40
    kept.sort(key=lambda entry: entry[:2])
    assert heap.due == kept[0][0]
    for _ in range(3000):  # and so time after time
        timer = core.timers.Timer()
        heap.push(timer, 2000)
        heap.remove(timer)
    assert same(drained(heap), [entry[2] for entry in kept])


@pytest.mark.cpython
def test_a_timer_that_was_removed_is_not_kept_alive(core):
    import weakref

    class Weak(core.timers.Timer):
        pass

    heap, _ = filled(core, [1, 2, 3])
    timer = Weak()
    heap.push(timer, 9)
    gone = weakref.ref(timer)
    heap.remove(timer)
    del timer
    assert gone() is None


@pytest.mark.micropython
def test_rebasing_makes_every_time_less_and_keeps_the_order(core):
    random.seed(5)
    whens = [1000 + random.randrange(4) for _ in range(60)]
    heap, timers = filled(core, whens)
    for timer in timers[::7]:
        heap.remove(timer)
    rest = [timer for timer in timers if timer.slot >= 0]
    rest.sort(key=lambda timer: (timer.when, timer.slot))
    heap.rebase(1000)
    late = core.timers.Timer()
    heap.push(late, 0)
    out = drained(heap)
    zeros = len([timer for timer in rest if timer.when == 0])
    assert out[zeros] is late
    assert same(out[:zeros] + out[zeros + 1 :], rest)
    assert [timer.when for timer in out] == sorted(timer.when for timer in out)
