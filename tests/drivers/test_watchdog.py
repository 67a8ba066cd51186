"""Watchdog: what is late, and what comes of it. Real ones: test_watchdog_cpython.py, and tests/desktop/rp2040."""

import pytest

from support import run, sleep_ms


class Fed:
    """Counts what a watchdog is given."""

    def __init__(self):
        self.count = 0

    def feed(self):
        self.count += 1


async def until(core, true):
    while not true():
        await core.sleep_ms(2)


@pytest.mark.rp2040(seeds=1)
def test_it_feeds_while_signs_come_and_not_while_one_is_missing(core, drivers):
    async def main():
        fed, told = Fed(), []
        dog = drivers.Watchdog(40, fed, told.append)
        sign = dog.expect("sampler", 400)
        dog.start()
        await until(core, lambda: fed.count >= 3)
        await until(core, lambda: told)  # it never came
        assert told == [["sampler"]] == [dog.late()]
        before = fed.count
        await core.sleep_ms(50)
        assert fed.count == before and told == [["sampler"]]
        sign()
        await until(core, lambda: fed.count > before)
        assert dog.late() == []

    run(core, main)


@pytest.mark.parametrize("kind", ["function", "coroutine function"])
def test_an_on_late_that_fails_is_reported_and_it_feeds_again_when_the_sign_is_back(core, drivers, kind):
    async def main():
        reported, fed = [], Fed()
        core.get_event_loop().set_exception_handler(lambda loop, context: reported.append(context["exception"]))

        def fails(names):
            raise ValueError(names)

        async def fails_later(names):
            raise ValueError(names)

        dog = drivers.Watchdog(40, fed, fails if kind == "function" else fails_later)
        sign = dog.expect("sampler", 400)
        task = dog.start()
        await until(core, lambda: reported)
        assert repr(reported[0].args[0]) == "['sampler']"
        before = fed.count
        sign()
        await until(core, lambda: fed.count > before)
        assert not task.done() and len(reported) == 1

    run(core, main)


@pytest.mark.rp2040(seeds=1)
def test_none_is_expected_of_who_rests(core, drivers):
    async def main():
        fed = Fed()
        dog = drivers.Watchdog(20, fed)
        sign = dog.expect("sampler", 1)
        sign.rest()
        dog.start()
        await until(core, lambda: fed.count >= 10)
        sign()  # from here on it is expected again
        await until(core, dog.late)

    run(core, main)


@pytest.mark.rp2040(seeds=1)
def test_a_sign_from_the_other_thread_counts(core, drivers, offload):
    def work(sign):
        while not offload.cancelled():
            sign()
            sleep_ms(1)

    async def main():
        fed = Fed()
        dog = drivers.Watchdog(40, fed)
        service = offload.Service(work, dog.expect("sampler", 500))
        service.start()
        dog.start()
        await until(core, lambda: fed.count >= 20)
        assert dog.late() == []
        await service.stop(timeout=5)
        await until(core, dog.late)

    run(core, main)


@pytest.mark.rp2040(seeds=1)
def test_a_worker_is_late_if_a_call_takes_too_long(core, drivers, offload, threadsafe):
    async def main():
        fed, gate = Fed(), threadsafe.ThreadSafeEvent()
        dog = drivers.Watchdog(40, fed)
        worker = offload.Worker("camera")
        dog.watch(worker, 100)
        dog.start()
        for _ in range(5):
            await worker.assign(sleep_ms, 1)
        await until(core, lambda: fed.count >= 15)  # an idle worker is well
        job = worker.assign(gate.wait_sync)
        job.start()
        await until(core, lambda: dog.late() == ["camera"])
        gate.set()
        await job
        assert dog.late() == []
        await worker.close(timeout=5)

    run(core, main)


@pytest.mark.micropython
@pytest.mark.rp2040(seeds=1)
def test_a_sign_allocates_nothing(drivers):
    import micropython

    sign = drivers.Watchdog(1000, Fed()).expect("isr", 100)
    micropython.heap_lock()
    try:
        for _ in range(3):
            sign()
            sign.rest()
    finally:
        micropython.heap_unlock()


def test_what_is_wrong_is_said(core, drivers):
    async def main():
        for time in (0, -1, 1.5, None):
            with pytest.raises(ValueError, match="number of milliseconds, 1 or more"):
                drivers.Watchdog(time)
        with pytest.raises(TypeError, match="an object with feed()"):
            drivers.Watchdog(100, 3)
        with pytest.raises(TypeError, match="on_late is a function"):
            drivers.Watchdog(100, Fed(), 3)
        dog = drivers.Watchdog(100, Fed())
        with pytest.raises(ValueError, match="the limit of sampler is a number of milliseconds"):
            dog.expect("sampler", 0)
        with pytest.raises(TypeError, match="watch.. is for a Worker"):
            dog.watch(3, 100)
        dog.start()
        with pytest.raises(RuntimeError, match="started already"):
            dog.start()

    run(core, main)


@pytest.mark.micropython
def test_a_port_without_a_watchdog_says_so(core, drivers):
    async def main():
        with pytest.raises(RuntimeError, match="no machine.WDT: give wdt="):
            drivers.Watchdog(100).start()

    run(core, main)  # the unix port
