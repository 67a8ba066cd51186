"""Drivers that have a task of their own, called from another loop, and after their loop has ended.

Their events would belong to that loop from then on, and their task would end at the next one that it sets.
"""

import pytest
from i2c_wires import Bus, wire

from pins import Pin
from ports import Port
from support import run, start_thread, submodule


class I2C:
    """A bus with an HTU21D whose checksums are wrong."""

    def scan(self):
        return [0x40]

    def writeto(self, addr, buf):
        pass

    def readfrom_into(self, addr, buf):
        buf[:] = b"\xff" * len(buf)

    def readfrom(self, addr, count):
        return b"\x02" * count


class Wire(Pin):
    """A pin that can be an output."""

    def __call__(self, level=None):
        if level is not None:
            self.level = level
        return self.level


def receiver(core, drivers):
    return drivers.AS_GPS(core.StreamReader(Port()))


def commanded(core, drivers):
    return drivers.GPS(core.StreamReader(Port()), core.StreamWriter(Port(), {}))


def timed(core, drivers):
    return drivers.GPS_Timer(core.StreamReader(Port()), Pin())


def sensor(core, drivers):
    return drivers.HTU21D(I2C(), 0.001)


def display(core, drivers):
    return drivers.LCD([lambda level: None for _ in range(6)], 16)


def link(core, drivers):
    return drivers.Responder(Bus(), wire()[0], wire()[0], False)


def polled(core, drivers):
    queue = submodule(drivers, "polled")  # of the same library
    return drivers.Polled(lambda: 1, 0.001, Taken(queue.QueueClosed))


class Taken:
    """A queue of which nothing is kept."""

    def __init__(self, closed):
        self.closed = closed
        self.over = False

    def put_sync(self, item, block=True):
        if self.over:
            raise self.closed()


def logger(core, drivers):
    return drivers.Logger("home.log")


def transmitter(core, drivers):
    return drivers.NECTransmitter(lambda level: None, submodule(drivers, "polled").Worker())


# What is called, and how; each of them waits, or wakes the driver's task.
CALLS = {
    "AS_GPS.data_received": (receiver, lambda gps: gps.data_received(position=True)),
    "AS_GPS.get_satellite_data": (receiver, lambda gps: gps.get_satellite_data()),
    "GPS.request": (commanded, lambda gps: gps.request("PMTK605", 50)),
    "GPS.command": (commanded, lambda gps: gps.command("PMTK101")),
    "GPS_Timer.ready": (timed, lambda gps: gps.ready()),
    "GPS_Timer.pulse": (timed, lambda gps: gps.pulse()),
    "HTU21D.wait": (sensor, lambda htu: htu.wait()),
    "HTU21D.user_register": (sensor, lambda htu: htu.user_register()),
    "LCD.flush": (display, lambda lcd: lcd.flush()),
    "LCD.clear": (display, lambda lcd: lcd.clear()),
    "LCD[]": (display, lambda lcd: lcd.__setitem__(0, "x")),
    "Responder.ready": (link, lambda link: link.ready()),
    "Responder.write": (link, lambda link: link.write(b"x")),
    "Polled.stop": (polled, lambda polled: polled.stop(1)),
    "Logger.line": (logger, lambda log: log.line("x")),
    "Logger.flush": (logger, lambda log: log.flush()),
    "Logger.close": (logger, lambda log: log.close()),
    "NECTransmitter.send": (transmitter, lambda transmitter: transmitter.send(1, 2)),
}


def name_of(call):
    return call.split(".")[0].split("[")[0]


async def done(call, driver):
    """Make the call; it may have to be awaited."""
    result = call(driver)
    if hasattr(result, "send"):
        await result


async def end(driver):
    """Of any of them."""
    if hasattr(driver, "stop"):
        await driver.stop()
    elif hasattr(driver, "line"):
        await driver.close()
    elif hasattr(driver, "hold"):
        await driver._worker.close()
    else:
        (driver.close if hasattr(driver, "close") else driver.deinit)()


@pytest.mark.parametrize("call", sorted(CALLS))
def test_a_call_from_another_loop_is_refused_and_the_driver_goes_on(core, drivers, call):
    make, use = CALLS[call]
    told = []

    def other(driver):
        async def main():
            try:
                await core.wait_for(done(use, driver), 1)
            except Exception as error:
                told.append(error)

        core.new_event_loop()
        core.run(main())

    async def main():
        driver = make(core, drivers)
        reported = []
        core.get_event_loop().set_exception_handler(lambda loop, context: reported.append(context))
        await core.sleep_ms(2)
        thread = start_thread(other, driver)
        while not thread.finished:
            await core.sleep_ms(1)
        thread.join()
        for _ in range(5):
            await core.sleep_ms(1)
        task = getattr(driver, "_task", None)
        assert task is None or not task.done()
        await end(driver)
        assert reported == []

    run(core, main)
    (error,) = told
    assert isinstance(error, core.WrongContextError), repr(error)
    assert "loop in which it was made" in str(error) and "use " in str(error), error


@pytest.mark.parametrize("call", sorted(CALLS))
def test_after_its_loop_has_ended_nothing_waits_for_ever(core, drivers, call):
    make, use = CALLS[call]
    kept = []

    async def begin():
        kept.append(make(core, drivers))
        await core.sleep_ms(2)

    async def later():
        driver = kept[0]
        try:
            await core.wait_for(done(use, driver), 1)
        except RuntimeError as error:
            assert "ended" in str(error) or "closed" in str(error), error
        else:
            assert name_of(call) in ("Polled", "Logger"), "it was done"  # of which there is nothing left to be ended
        if hasattr(driver, "hold"):
            await driver._worker.close()

    run(core, begin)
    run(core, later)


def test_a_channel_belongs_to_the_loop_in_which_it_is_served(core, drivers):
    told = []

    def other(channel):
        async def main():
            for wait in (channel.receive, lambda: channel.send(1), channel.wait_connected, channel.__anext__):
                try:
                    await core.wait_for(wait(), 1)
                except core.WrongContextError as error:
                    told.append("channel belongs to the tasks of the loop" in str(error))

        core.new_event_loop()
        core.run(main())

    async def main():
        client = drivers.HeartbeatClient("127.0.0.1", 9, retry=60, max_retry=60)
        running = core.create_task(client.run())
        await core.sleep_ms(2)
        thread = start_thread(other, client)
        while not thread.finished:
            await core.sleep_ms(1)
        thread.join()
        client.close()
        await running

    run(core, main)
    assert told == [True] * 4


def test_an_object_of_syncom_is_awaited_in_the_loop_of_its_start(core, drivers):
    told = []

    def other(channel):
        async def main():
            for use in (channel.await_obj, lambda: channel.send("x"), channel.stop):
                try:
                    result = use()
                    if hasattr(result, "send"):
                        await core.wait_for(result, 1)
                except core.WrongContextError as error:
                    told.append("SynCom belongs to the tasks of the loop" in str(error))

        core.new_event_loop()
        core.run(main())

    async def main():
        channel = drivers.SynCom(True, *[Wire(0) for _ in range(4)], verbose=False)
        task = core.create_task(channel.start())
        await core.sleep_ms(2)
        channel._set(submodule(drivers, "syncom").RUNNING)  # as when the other end has answered
        thread = start_thread(other, channel)
        while not thread.finished:
            await core.sleep_ms(1)
        thread.join()
        assert channel.running()
        task.cancel()
        with pytest.raises(core.CancelledError):
            await task

    run(core, main)
    assert told == [True] * 3
