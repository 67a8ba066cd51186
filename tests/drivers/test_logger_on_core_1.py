"""Logger on every machine: on an RP2040 core 1 writes to the flash file system, which core 0 leaves alone meanwhile."""

import os

import pytest

from support import RP2, run, start_thread

pytestmark = pytest.mark.timeout(120)


def remove(name):
    try:
        os.remove(name)
    except OSError:
        pass


def content(name):
    with open(name, "rb") as file:
        return file.read()


@pytest.mark.rp2040(seeds=2)
def test_lines_of_tasks_are_in_the_file(core, drivers):
    Logger = drivers.Logger  # loaded here: a board's stack has no room for it below a task

    async def main():
        remove("twincore.log")
        log = Logger("twincore.log", interval=0.01)
        for n in range(20):
            assert log.line("line " + str(n))
            await core.sleep_ms(1)
        await log.flush()
        expected = "".join(["line " + str(n) + "\n" for n in range(20)]).encode()
        assert content("twincore.log") == expected
        assert log.line("the last")
        await log.close()
        assert content("twincore.log") == expected + b"the last\n"
        assert (log.dropped, log.lost, log.errors, log.error) == (0, 0, 0, None)
        assert log.written == len(expected) + 9
        remove("twincore.log")

    run(core, main)


@pytest.mark.rp2040(seeds=2)
def test_a_source_is_fed_by_an_interrupt_or_a_thread(core, drivers):
    Logger = drivers.Logger  # loaded here: a board's stack has no room for it below a task

    async def main():
        remove("twincore.log")
        log = Logger("twincore.log", interval=0.01)
        source = log.source(128)
        record = bytearray(b"edge 0\n")
        if RP2:
            from machine import PWM, Pin

            count = [0]

            def edge(_):  # a hard interrupt, which may not allocate
                if count[0] < 10:
                    record[5] = 48 + count[0]
                    count[0] += 1
                    source.write(record)

            pin = Pin(0)
            pwm = PWM(pin)
            pin.irq(edge, Pin.IRQ_RISING, hard=True)
            pwm.freq(300)
            pwm.duty_u16(1 << 15)
            while count[0] < 10:
                await core.sleep_ms(1)
            pin.irq(None)
            pwm.deinit()
        else:

            def edges():
                for n in range(10):
                    record[5] = 48 + n
                    source.write(record)

            thread = start_thread(edges)
            while not thread.finished:
                await core.sleep_ms(1)
            thread.join()
        assert source.dropped == 0
        await log.close()
        assert content("twincore.log") == b"".join([b"edge %d\n" % n for n in range(10)])
        remove("twincore.log")

    run(core, main)
