"""Virtual time: jumps only while everything waits; one context at a time; the same run again and again."""

import threading

import pytest

from twincore.desktop.board import VirtualTime, Wakeable

pytestmark = [pytest.mark.cpython, pytest.mark.timeout(20)]


def in_contexts(time, *fns):
    """Run each function in a thread and context of its own, all begun at time 0."""
    failed = []

    def catching(fn):
        def run():
            try:
                fn()
            except BaseException as error:
                failed.append(error)

        return run

    with time.context("who starts them"):  # so that none runs before all are there
        threads = [time.start(catching(fn), f"context {n}") for n, fn in enumerate(fns)]
    for thread in threads:
        thread.join(10)
        assert not thread.is_alive(), "a context never had its turn"
    assert not failed


def test_an_hour_of_two_contexts_takes_a_moment_and_keeps_their_order():
    time, log = VirtualTime(), []

    def every(period, name):
        def run():
            for n in range(1, 4):
                time.sleep(n * period)
                log.append((time.now(), name))

        return run

    in_contexts(time, every(1_000_000_000, "slow"), every(900_000_000, "quick"))
    assert log == [
        (900_000_000, "quick"),
        (1_000_000_000, "slow"),
        (1_800_000_000, "quick"),
        (2_000_000_000, "slow"),
        (2_700_000_000, "quick"),
        (3_000_000_000, "slow"),
    ]


def test_time_stands_still_while_a_context_runs_but_for_what_it_spends():
    time = VirtualTime()

    def run():
        assert time.now() == 0
        time.spend(30)
        assert time.now() == 30
        time.sleep(20)  # past
        assert time.now() == 30

    in_contexts(time, run)


def test_a_notification_ends_a_sleep_at_the_time_it_was_given():
    time, bell, log = VirtualTime(), Wakeable(), []

    def waits():
        time.sleep(None, bell)
        assert bell.take() and not bell.take()
        log.append(time.now())

    def notifies():
        time.sleep(500)
        bell.notify()

    in_contexts(time, waits, notifies)
    assert log == [500]


def test_whoever_computes_without_end_lets_others_run_at_their_times():
    """A program that polls `ticks_ms()` in a loop: each call spends time."""
    time, done, log = VirtualTime(), [], []

    def polls():
        while not done:
            time.spend(5)
        log.append(time.now())

    def ends_it():
        time.sleep(10_000)
        done.append(True)

    in_contexts(time, polls, ends_it)
    assert 10_000 <= log[0] <= 10_200


def test_hardware_goes_first_at_the_same_time():
    time, log = VirtualTime(), []

    def sleeps(name):
        def run():
            time.sleep(100)
            log.append(name)

        return run

    with time.context("who starts them"):
        threads = [time.start(sleeps(name), name, first=name == "hardware") for name in ("main", "hardware")]
    for thread in threads:
        thread.join(10)
    assert log == ["hardware", "main"]


def test_time_does_not_jump_while_it_is_held_nor_for_a_call_that_blocks_elsewhere():
    time, log, outside = VirtualTime(), [], threading.Event()

    def blocks():
        time.call_outside(lambda: outside.wait(10))
        log.append(("outside ended", time.now()))

    def sleeps():
        time.sleep(100, bell)
        log.append(("still", time.now()))
        outside.set()
        time.sleep(1000)
        log.append(("later", time.now()))

    bell = Wakeable()
    timer = threading.Timer(0.05, bell.notify)
    timer.start()
    in_contexts(time, blocks, sleeps)
    assert log == [("still", 0), ("outside ended", 0), ("later", 1000)]


def test_a_thread_from_outside_may_sleep_too_and_its_calls_reach_contexts():
    time, bell, log = VirtualTime(), Wakeable(), []

    def context():
        time.sleep(None, bell)
        log.append(time.now())

    thread = time.start(context, "main")
    time.sleep(700)
    bell.notify()
    thread.join(10)
    assert log == [700]


def test_a_run_is_the_same_every_time():
    def run():
        time, log = VirtualTime(), []
        bells = [Wakeable() for _ in range(3)]

        def player(own, other, period):
            def play():
                for _ in range(20):
                    time.sleep(time.now() + period, own)
                    log.append((time.now(), period, own.take()))
                    other.notify()
                    time.spend(7)

            return play

        in_contexts(time, *(player(bells[n], bells[(n + 1) % 3], 10 + n) for n in range(3)))
        return log

    first = run()
    assert all(run() == first for _ in range(5))
