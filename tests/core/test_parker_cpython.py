"""Parker: what the owner of a doorbell sleeps in."""

import os
import signal
import threading
import time

import pytest

from support import submodule

pytestmark = pytest.mark.cpython


@pytest.fixture
def parker(core):
    return submodule(core, "parker_cpython").Parker()


def test_it_parks_until_it_is_let_go(parker):
    seen = []

    def owner():
        parker.park(-1)
        seen.append("goes on")

    thread = threading.Thread(target=owner)
    thread.start()
    thread.join(0.05)
    assert thread.is_alive() and seen == []
    parker.unpark()
    thread.join(20)
    assert seen == ["goes on"]


def test_let_go_beforehand_it_does_not_park_and_many_times_are_one(parker):
    for _ in range(3):
        parker.unpark()
    parker.park(-1)
    start = time.monotonic()
    parker.park(20_000)
    assert time.monotonic() - start >= 0.02


@pytest.mark.parametrize("timeout", [0, 1000, 10**18])
def test_a_limit_of_any_length(parker, timeout):
    timer = threading.Timer(0.02, parker.unpark)
    if timeout > 1000:
        timer.start()
    parker.park(timeout)
    if timeout > 1000:
        assert timer.finished.wait(20)


def test_a_handler_that_raises_ends_it_and_one_that_lets_go_does(parker):
    def handler(number, frame):
        if number == signal.SIGUSR1:
            parker.unpark()
        else:
            raise ValueError("from the handler")

    numbers = (signal.SIGUSR1, signal.SIGUSR2)
    before = [signal.signal(number, handler) for number in numbers]
    try:
        for number in numbers:
            threading.Timer(0.02, os.kill, (os.getpid(), number)).start()
            if number == signal.SIGUSR1:
                parker.park(-1)
            else:
                with pytest.raises(ValueError, match="from the handler"):
                    parker.park(-1)
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


def test_a_signal_in_between_does_not_make_it_longer(parker):
    before = signal.signal(signal.SIGUSR1, lambda number, frame: None)
    try:
        stop = threading.Event()

        def often():
            while not stop.wait(0.005):
                os.kill(os.getpid(), signal.SIGUSR1)

        thread = threading.Thread(target=often)
        thread.start()
        start = time.monotonic()
        parker.park(50_000)
        stop.set()
        thread.join()
        assert 0.05 <= time.monotonic() - start < 5
    finally:
        signal.signal(signal.SIGUSR1, before)


def test_two_threads_that_let_each_other_go_lose_nothing(core):
    """With sleeps of all lengths on both sides of what counts as a stream."""
    Parker = submodule(core, "parker_cpython").Parker
    parkers, counts = (Parker(), Parker()), [0, 0]

    def side(n):
        for turn in range(3000):
            if n:
                parkers[1].park(-1)
            counts[n] += 1
            assert counts[0] - counts[1] == 1 - n  # 0 has made one step more until 1 makes its own
            if turn % 100 == 0:
                time.sleep(0.0002)
            parkers[1 - n].unpark()
            if not n:
                parkers[0].park(-1)

    threads = [threading.Thread(target=side, args=(n,)) for n in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert counts == [3000, 3000]


class Owner(threading.Thread):
    """Parks in a Parker of its own, once; `gone_on` is set then."""

    def __init__(self, parking):
        threading.Thread.__init__(self, daemon=True)
        self.parker = parking.Parker()
        self.gone_on = threading.Event()
        self.start()

    def run(self):
        self.parker.park(20_000_000)
        self.gone_on.set()


@pytest.fixture
def parking(core):
    module = submodule(core, "parker_cpython")
    yield module
    module.let_go()


def keeps(parking):
    """Whether this twin keeps anybody back."""
    return parking.__file__.endswith((".so", ".pyd"))


def test_whom_it_has_kept_back_goes_on_when_it_parks_itself(parking):
    owner = Owner(parking)
    parking.keep(True)
    owner.parker.unpark()
    if keeps(parking):
        assert not owner.gone_on.wait(0.05)
        parking.Parker().park(10_000)
    assert owner.gone_on.wait(20)


def test_or_when_it_does_not_park_after_all(parking):
    own = parking.Parker()
    for end in (parking.let_go, own.parked_elsewhere, lambda: own.park(0), lambda: (own.unpark(), own.park(-1))):
        owner = Owner(parking)
        parking.keep(True)
        owner.parker.unpark()
        end()
        assert owner.gone_on.wait(20)


def test_one_is_kept_back_and_by_the_thread_that_said_so(parking):
    first, second, third, fourth = owners = [Owner(parking) for _ in range(4)]
    parking.keep(True)
    parking.keep(False)
    first.parker.unpark()
    assert first.gone_on.wait(20)
    parking.keep(True)
    thread = threading.Thread(target=second.parker.unpark)
    thread.start()
    thread.join()
    assert second.gone_on.wait(20)
    third.parker.unpark()
    parking.keep(True)
    fourth.parker.unpark()  # there is room for one
    assert fourth.gone_on.wait(20)
    parking.let_go()
    assert all(owner.gone_on.wait(20) for owner in owners)


def test_who_is_kept_back_outlives_its_last_holder(parking):
    parker = parking.Parker()
    parking.keep(True)
    parker.unpark()
    del parker
    parking.let_go()
