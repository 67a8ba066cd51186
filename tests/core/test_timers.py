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
    heap, _ = filled(core, [30, 10, 50, 20, 40, 0, -5])
    assert [timer.when for timer in drained(heap)] == [-5, 0, 10, 20, 30, 40, 50]


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
    rest = timers[:gone] + timers[gone + 1 :]
    rest.sort(key=lambda timer: (timer.when, timer.order))
    assert same(drained(heap), rest)


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
    model.sort(key=lambda entry: entry[:2])
    assert same(drained(heap), [entry[2] for entry in model])


def test_rebasing_makes_every_time_less_and_keeps_the_order(core):
    random.seed(5)
    whens = [1000 + random.randrange(4) for _ in range(60)]
    heap, timers = filled(core, whens)
    for timer in timers[::7]:
        heap.remove(timer)
    rest = [timer for timer in timers if timer.slot >= 0]
    rest.sort(key=lambda timer: (timer.when, timer.order))
    heap.rebase(1000)
    late = core.timers.Timer()
    heap.push(late, 0)
    out = drained(heap)
    zeros = len([timer for timer in rest if timer.when == 0])
    assert out[zeros] is late
    assert same(out[:zeros] + out[zeros + 1 :], rest)
    assert [timer.when for timer in out] == sorted(timer.when for timer in out)
