"""HTU21D: readings from the bits of the data sheet, and a task that no error ends. With a chip that the test plays."""

import pytest

from support import run, submodule


def checked(data, crc8):
    return data + bytes([crc8(data)])


class Chip:
    """Answers as it is told, as a machine.I2C does. An answer that is an OSError is raised."""

    def __init__(self, crc8, address=0x40):
        self.address = address
        self.answers = {0xF3: checked(b"\x63\xbc", crc8), 0xF5: checked(b"\x7c\x82", crc8), 0xE7: b"\x02"}
        self.commands = []
        self.present = True

    def scan(self):
        return [self.address]

    def writeto(self, address, data):
        if not self.present:
            raise OSError(19)
        assert address == self.address and len(data) == 1
        self.commands.append(data[0])

    def readfrom_into(self, address, buf):
        buf[:] = self.readfrom(address, len(buf))

    def readfrom(self, address, count):
        answer = self.answers[self.commands[-1]]
        if isinstance(answer, OSError):
            raise answer
        assert len(answer) == count
        return answer


def make(drivers, delay=0.001, **options):
    chip = Chip(submodule(drivers, "htu21d").crc8, **options)
    return chip, drivers.HTU21D(chip, delay, **options)


@pytest.mark.parametrize("data,crc", [(b"\xdc", 0x79), (b"\x68\x3a", 0x7C), (b"\x4e\x85", 0x6B), (b"", 0)])
def test_the_checksum_is_that_of_the_data_sheets_examples(drivers, data, crc):
    crc8 = submodule(drivers, "htu21d").crc8
    assert crc8(data) == crc
    assert crc8(data + bytes([crc])) == 0


@pytest.mark.rp2040(seeds=1)
def test_it_is_awaited_for_the_first_reading_and_has_no_values_before(core, drivers):
    """Defect 68: upstream spins until it is there."""

    async def main():
        chip, htu = make(drivers)
        assert htu.temperature is htu.humidity is htu.age() is None
        temperature, humidity = await htu
        assert chip.commands == [0xFE, 0xF3, 0xF5]
        assert abs(temperature - (-46.85 + 175.72 * 0x63BC / 65536)) < 0.001
        assert abs(humidity - (-6 + 125 * 0x7C80 / 65536)) < 0.001
        assert (htu.temperature, htu.humidity) == (temperature, humidity)
        assert htu.error is None and htu.readings == 1 and 0 <= htu.age() < 1000
        htu.deinit()

    run(core, main)


@pytest.mark.parametrize("command", [0xF3, 0xF5])
@pytest.mark.parametrize("bad", ["crc", "kind", "ff", "bus"])
def test_a_bad_answer_is_counted_and_the_next_one_is_taken(core, drivers, command, bad):
    """Defect 68: upstream's task ends."""

    async def main():
        chip, htu = make(drivers)
        first = await htu
        good = chip.answers[command]
        crc8 = submodule(drivers, "htu21d").crc8
        chip.answers[command] = {
            "crc": good[:2] + bytes([good[2] ^ 0x10]),
            "kind": checked(bytes([good[0], good[1] ^ 2]), crc8),
            "ff": b"\xff\xff\xff",
            "bus": OSError(5),
        }[bad]
        while htu.error is None:
            await core.sleep_ms(5)
        assert isinstance(htu.error, OSError)
        assert (htu.bus_errors if bad == "bus" else htu.crc_errors) >= 1
        assert (htu.crc_errors if bad == "bus" else htu.bus_errors) == 0
        assert (htu.temperature, htu.humidity) == tuple(first)
        assert htu.age() > 0
        readings = htu.readings
        chip.answers[command] = good
        while htu.readings == readings:
            await core.sleep_ms(5)
        assert htu.error is None and tuple(await htu) == tuple(first)
        htu.deinit()

    run(core, main)


def test_a_chip_that_is_away_before_the_first_reading_is_waited_for(core, drivers):
    async def main():
        chip, htu = make(drivers)
        chip.present = False
        while htu.bus_errors < 3:
            await core.sleep_ms(2)
        assert htu.readings == 0 and htu.age() is None
        chip.present = True
        await htu
        assert htu.error is None
        htu.deinit()

    run(core, main)


def test_each_of_several_tasks_gets_readings_that_it_has_not_seen(core, drivers):
    async def main():
        _, htu = make(drivers)

        async def numbers():
            got = []
            async for _ in htu:
                got.append(htu.readings)
                if len(got) == 3:
                    return got

        for got in await core.gather(numbers(), numbers()):
            assert got == [1, 2, 3]
        htu.deinit()

    run(core, main)


def test_it_ends_with_deinit_and_so_do_those_who_wait(core, drivers):
    """Defect 68: upstream has no end."""

    async def main():
        chip, htu = make(drivers)
        chip.present = False

        async def iterate():
            async for _ in htu:
                raise AssertionError("there is no reading")
            return "ended"

        async def wait():
            with pytest.raises(RuntimeError, match="ended by deinit"):
                await htu
            return "refused"

        tasks = [core.create_task(iterate()), core.create_task(wait())]
        await core.sleep_ms(5)
        htu.deinit()
        assert await core.gather(*tasks) == ["ended", "refused"]
        htu.deinit()
        for use in (htu.user_register, htu.__aiter__):
            with pytest.raises(RuntimeError, match="ended by deinit"):
                use()
        commands = len(chip.commands)
        chip.present = True
        await core.sleep_ms(30)
        assert len(chip.commands) == commands

    run(core, main)


def test_the_user_register(core, drivers):
    async def main():
        chip, htu = make(drivers)
        await htu
        assert htu.user_register() == 2
        assert chip.commands[-1] == 0xE7
        htu.deinit()

    run(core, main)


def test_numbers_out_of_range_and_a_chip_that_is_not_there(core, drivers):
    async def main():
        chip = Chip(lambda data: 0, 0x41)
        with pytest.raises(OSError, match="no HTU21D at address 0x40 of .*Chip"):
            drivers.HTU21D(chip)
        for delay in (0, -1):
            with pytest.raises(ValueError, match="above 0 s"):
                drivers.HTU21D(chip, delay)
        for address in (0, 7, 0x78, -1):
            with pytest.raises(ValueError, match="0x08 to 0x77"):
                drivers.HTU21D(chip, 10, address)

    run(core, main)
