"""Real time: sleeps end at their time or when notified, and a notification that came before is not lost."""

import threading
import time

import pytest

from twincore.desktop.board import RealTime, Wakeable

pytestmark = [pytest.mark.cpython, pytest.mark.timeout(20)]


def test_a_sleep_ends_at_its_time_not_before():
    keeper = RealTime()
    until = keeper.now() + 20_000
    keeper.sleep(until)
    assert keeper.now() >= until
    keeper.sleep(until)  # past: at once


def test_a_notification_ends_a_sleep_whenever_it_comes():
    keeper, bell = RealTime(), Wakeable()
    bell.notify()
    keeper.sleep(None, bell)
    assert bell.take()
    threading.Timer(0.02, bell.notify).start()
    keeper.sleep(None, bell)
    assert bell.take() and not bell.take()


def test_a_wake_up_for_nothing_does_not_end_a_sleep():
    keeper, bell = RealTime(), Wakeable()
    bell.wake()
    until = keeper.now() + 10_000
    keeper.sleep(until, bell)
    assert keeper.now() >= until


def test_every_one_of_many_notifications_from_a_thread_is_seen():
    keeper, bell, count = RealTime(), Wakeable(), [0]

    def notify():
        for n in range(1, 2001):
            count[0] = n
            bell.notify()
            if n % 100 == 0:
                time.sleep(0)

    thread = threading.Thread(target=notify)
    thread.start()
    seen = 0
    while seen < 2000:
        keeper.sleep(None, bell)
        bell.take()
        seen = count[0]
    thread.join()


def test_what_is_virtual_says_so():
    keeper = RealTime()
    assert not keeper.virtual
    before = keeper.now()
    with keeper.context("any"):
        keeper.spend(10**9)
    keeper.call_outside(lambda: None)
    assert keeper.now() - before < 10**9
