"""The I2C link: a stream both ways, which is there again after whatever has broken it; what was lost is counted."""

import random

import pytest
from i2c_wires import Boards

from pins import run_virtual

pytestmark = pytest.mark.timeout(60)


async def up(*links):
    for link in links:
        await link.ready()


@pytest.mark.rp2040(seeds=1)
def test_bytes_go_both_ways(core, drivers):
    assert drivers.Initiator and drivers.Responder  # loaded here: a board's stack has no room for it below a task

    async def main():
        one, other = Boards().pair(drivers)
        await up(one, other)
        left, right = one.stream(), other.stream()
        for n in range(3):
            left.write(b"ping %d\n" % n)
            await left.drain()
            assert await right.readline() == b"ping %d\n" % n
            right.write(b"pong %d\n" % n)
            await right.drain()
            assert await left.readline() == b"pong %d\n" % n
        assert (one.lost, other.lost, one.bad, other.bad, one.nboots, other.nboots) == (0, 0, 0, 0, 0, 0)
        one.close()
        other.close()

    run_virtual(core, main)


def test_it_is_a_stream_for_other_code(core, drivers):
    async def main():
        one, other = Boards().pair(drivers)
        reader, writer = core.StreamReader(other), core.StreamWriter(one, {})
        writer.write(b"x" * 500 + b"\n")
        await writer.drain()
        assert await reader.readline() == b"x" * 500 + b"\n"
        one.close()
        other.close()

    run_virtual(core, main)


async def send_all(core, stream, rng, total):
    """Send `total` bytes that tell where they belong, in pieces of any size."""
    at = 0
    while at < total:
        size = min(total - at, rng.choice([1, 3, 17, 199, 200, 201, 900]))
        stream.write(bytes([(n * 7 + (n >> 8)) & 0xFF for n in range(at, at + size)]))
        await stream.drain()
        at += size
        if rng.random() < 0.3:
            await core.sleep_ms(rng.randrange(300))


async def receive_all(core, stream, rng, total):
    at = 0
    while at < total:
        data = await stream.read(rng.choice([1, 10, 150, 1000]))
        assert data == bytes([(n * 7 + (n >> 8)) & 0xFF for n in range(at, at + len(data))])
        at += len(data)
        if rng.random() < 0.2:
            await core.sleep_ms(rng.randrange(500))  # the other end has to hold what it has


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_both_directions_at_once_with_readers_that_dawdle(core, drivers, seed):
    async def main():
        rng = random.Random(seed) if hasattr(random, "Random") else seeded(seed)
        one, other = Boards().pair(drivers)
        left, right = one.stream(), other.stream()
        await core.gather(
            send_all(core, left, rng, 6000), receive_all(core, right, rng, 6000),
            send_all(core, right, rng, 5000), receive_all(core, left, rng, 5000),
        )  # fmt: skip
        assert (one.lost, other.lost, one.bad, other.bad, one.nboots, other.nboots) == (0, 0, 0, 0, 0, 0)
        one.close()
        other.close()

    run_virtual(core, main)


def seeded(seed):
    random.seed(seed)  # MicroPython has one generator
    return random


def test_what_has_no_room_is_held_back(core, drivers):
    async def main():
        one, other = Boards().pair(drivers)
        await up(one, other)
        left = one.stream()
        left.write(b"x" * 5000)
        sending = core.create_task(left.drain())
        await core.sleep_ms(5000)
        assert not sending.done()
        assert other.incoming.any() <= 2 * other.rxbufsize
        assert await other.stream().readexactly(5000) == b"x" * 5000
        await sending
        assert (one.lost, other.lost, one.nboots) == (0, 0, 0)
        one.close()
        other.close()

    run_virtual(core, main)


def test_what_there_is_to_send_does_not_wait_for_the_next_poll(core, drivers):
    async def main():
        one, other = Boards().pair(drivers)
        await up(one, other)
        await core.sleep_ms(1000)
        start = core.get_event_loop().time()
        one.write(b"now")
        assert await other.stream().readexactly(3) == b"now"
        assert core.get_event_loop().time() - start < 0.02
        one.close()
        other.close()

    run_virtual(core, main)


def test_a_transfer_that_is_not_acknowledged_is_made_again(core, drivers):
    async def main():
        boards = Boards()
        one, other = boards.pair(drivers)
        await up(one, other)
        failed = []

        def fault(kind, buf):
            if boards.bus.transfers % 2:
                failed.append(kind)
                raise OSError(5)

        boards.bus.fault = fault
        one.write(b"a" * 200)
        other.write(b"b" * 200)
        assert await other.stream().readexactly(200) == b"a" * 200
        assert await one.stream().readexactly(200) == b"b" * 200
        assert len(failed) == other.naks >= 4
        assert one.lost == other.lost == one.nboots == other.nboots == 0
        one.close()
        other.close()

    run_virtual(core, main)


@pytest.mark.parametrize("kind", ["read", "write"])
def test_a_peer_that_hangs_in_an_exchange_holds_up_no_task_and_the_link_is_up_again(core, drivers, kind):
    """Defect 71: upstream's Responder spins in its interrupt, and raises there."""

    async def main():
        boards = Boards()
        one, other = boards.pair(drivers)
        await up(one, other)
        ticks = []

        async def tick():
            while True:
                await core.sleep_ms(1)
                ticks.append(other.synchronised)

        def fault(which, buf):
            if which == kind:
                raise OSError(5)

        boards.bus.fault = fault
        one.write(b"lost")
        ticking = core.create_task(tick())
        await core.sleep_ms(4000)
        assert len(ticks) >= 3990 and not ticks[-1]
        boards.bus.fault = None
        await core.gather(one.ready(), other.ready())
        one.write(b"arrives")
        assert (await other.stream().readuntil(b"arrives")).endswith(b"arrives")
        ticking.cancel()
        one.close()
        other.close()

    run_virtual(core, main)


@pytest.mark.parametrize("kind", ["read", "write"])
@pytest.mark.parametrize("header", [b"\xff\xff", b"\xc9\x00", b"\x05\x00", b"\x00\x01", b"\x80\x80"])
def test_a_corrupted_header_breaks_the_link_and_it_is_up_again(core, drivers, kind, header):
    async def main():
        boards = Boards()
        one, other = boards.pair(drivers)
        await up(one, other)
        done = []

        def fault(what, buf):
            if what == kind and len(buf) == 2 and not done:
                done.append(bytes(buf))
                return header
            return None

        boards.bus.fault = fault
        one.write(b"\0" * 60)
        other.write(b"\0" * 60)
        await core.sleep_ms(2 * 8 * one.timeout)
        assert done
        await up(one, other)
        one.incoming.take()
        other.incoming.take()
        one.write(b"over there")
        assert await other.stream().readexactly(10) == b"over there"
        other.write(b"and back")
        assert await one.stream().readexactly(8) == b"and back"
        assert one.nboots + other.nboots <= 4
        one.close()
        other.close()

    run_virtual(core, main)


@pytest.mark.parametrize("end", ["initiator", "responder"])
def test_a_peer_goes_away_and_comes_back(core, drivers, end):
    async def main():
        boards = Boards()
        links = {"initiator": boards.initiator(drivers), "responder": boards.responder(drivers)}
        await up(*links.values())
        stays = links["responder" if end == "initiator" else "initiator"]
        boards.switch_off(links[end])
        if end == "initiator":
            boards.bus.target.handler = None  # nothing at its address
        stays.write(b"lost" * 20)
        await core.sleep_ms(5000)
        assert not stays.synchronised
        assert stays.nboots == 1
        assert stays.lost == 80
        stays.write(b"kept until it is there\n")
        await core.sleep_ms(60_000)
        assert stays.nboots == 1  # it waits, and does nothing more
        back = boards.initiator(drivers) if end == "initiator" else boards.responder(drivers)
        await up(stays, back)
        assert await back.stream().readline() == b"kept until it is there\n"
        back.write(b"welcome\n")
        assert await stays.stream().readline() == b"welcome\n"
        assert stays.lost == 80
        stays.close()
        back.close()

    run_virtual(core, main)


@pytest.mark.parametrize("end", ["initiator", "responder"])
def test_a_peer_that_restarts_at_once_is_noticed(core, drivers, end):
    async def main():
        boards = Boards()
        links = {"initiator": boards.initiator(drivers), "responder": boards.responder(drivers)}
        await up(*links.values())
        await core.sleep_ms(333)
        stays = links["responder" if end == "initiator" else "initiator"]
        boards.switch_off(links[end])
        back = boards.initiator(drivers) if end == "initiator" else boards.responder(drivers)
        await back.ready()
        await stays.ready()
        assert stays.nboots == 1
        assert back.nboots == 0
        back.write(b"anew\n")
        assert await stays.stream().readline() == b"anew\n"
        stays.close()
        back.close()

    run_virtual(core, main)


@pytest.mark.parametrize("end", ["initiator", "responder"])
@pytest.mark.parametrize("transfer", [1, 2, 3, 4])
def test_a_peer_that_restarts_in_the_middle_of_an_exchange(core, drivers, end, transfer):
    async def main():
        boards = Boards()
        links = {"initiator": boards.initiator(drivers), "responder": boards.responder(drivers)}
        await up(*links.values())
        stays = links["responder" if end == "initiator" else "initiator"]
        count = []

        def fault(kind, buf):
            count.append(len(buf))
            if len(count) == transfer:
                boards.switch_off(links[end])

        links["initiator"].write(b"x" * 100)
        links["responder"].write(b"y" * 100)
        boards.bus.fault = fault
        await core.sleep_ms(100)
        assert len(count) >= transfer
        boards.bus.fault = None
        back = boards.initiator(drivers) if end == "initiator" else boards.responder(drivers)
        await up(back)
        await stays.ready()
        sent = 100 - stays.lost
        assert 0 <= sent <= 100 and back.lost == 0
        assert stays.incoming.any() in (0, 100)
        stays.incoming.take()
        back.write(b"anew\n")
        assert await stays.stream().readline() == b"anew\n"
        stays.close()
        back.close()

    run_virtual(core, main)


def test_an_unpowered_initiator_whose_wire_is_down_is_noticed_too(core, drivers):
    async def main():
        boards = Boards()
        one, other = boards.pair(drivers)
        await up(one, other)
        boards.switch_off(one)
        boards.pin[0](0)
        await core.sleep_ms(3000)
        assert not other.synchronised
        await core.sleep_ms(60_000)
        assert other.nboots == 1
        other.close()

    run_virtual(core, main)


def test_a_hung_peer_is_reset_again_until_it_answers(core, drivers):
    async def main():
        boards = Boards()
        came, pulses = [], []
        other_end = boards.reset.other
        other_end.irq(lambda pin: pulses.append(pin()))
        went = came.append
        one = boards.initiator(
            drivers, reset=(boards.reset, 0, 50), cr_go=went, go_args=("up",), cr_fail=went, f_args=("down",)
        )
        await core.sleep_ms(3 * 12_000)
        assert pulses == [0, 1] * (len(pulses) // 2)
        assert len(pulses) // 2 == one.nboots + 1 >= 3
        assert came == ["down"] * one.nboots
        other = boards.responder(drivers)
        await up(one, other)
        assert came[-1] == "up"
        count = len(pulses)
        await one.reboot()
        assert pulses[count:] == [0, 1]
        assert one.synchronised
        one.close()
        other.close()

    run_virtual(core, main)


def test_cr_go_and_cr_fail_may_be_coroutine_functions_and_may_fail(core, drivers):
    """Defect 71: upstream's raises AttributeError when the link comes up."""

    async def main():
        reported, log = [], []
        core.get_event_loop().set_exception_handler(lambda loop, context: reported.append(context["exception"]))

        async def go(text):
            log.append(text)
            raise ValueError("go")

        async def fail(text):
            await core.sleep_ms(10)
            log.append(text)
            raise ValueError("fail")

        boards = Boards()
        one = boards.initiator(drivers, cr_go=go, go_args=("up",), cr_fail=fail, f_args=("down",))
        other = boards.responder(drivers)
        await up(one, other)
        other.close()
        await core.sleep_ms(3000)
        other = boards.responder(drivers)
        await up(one, other)
        await core.sleep_ms(10)
        assert log == ["up", "down", "up"]
        assert len(reported) == 3
        one.close()
        other.close()

    run_virtual(core, main)


def test_a_closed_link_says_so(core, drivers):
    async def main():
        one, other = Boards().pair(drivers)
        await up(one, other)
        left, right = one.stream(), other.stream()
        other.write(b"the last\n")
        assert await left.readline() == b"the last\n"
        waiting = core.create_task(left.read(10))
        ready = core.create_task(one.ready())
        await core.sleep_ms(0)
        one.close()
        one.close()
        assert await waiting == b""
        await ready  # it was up then
        with pytest.raises(OSError):
            one.write(b"more")
        with pytest.raises(OSError):
            await one.ready()
        with pytest.raises(OSError):
            await one.reboot()
        right.close()
        await core.sleep_ms(10)
        with pytest.raises(OSError):
            right.write(b"more")
        other.close()
        assert not one.synchronised and not other.synchronised

    run_virtual(core, main)


def test_all_that_was_written_is_there_after_flush(core, drivers):
    async def main():
        one, other = Boards().pair(drivers)
        one.write(b"x" * 150)
        await one.flush()
        assert other.incoming.any() == 150
        one.write(b"y" * 150)
        one.close()
        assert one.lost == 150
        await one.flush()
        assert await other.stream().readexactly(150) == b"x" * 150
        other.write(b"never to arrive")
        flushing = core.create_task(other.flush())
        await core.sleep_ms(5000)
        assert other.lost == 15 and flushing.done()
        other.write(b"waits for an end that does not come")
        flushing = core.create_task(other.flush())
        await core.sleep_ms(5000)
        other.close()
        await flushing
        assert other.lost == 15 + 35

    run_virtual(core, main)


def test_who_waits_for_a_link_that_is_closed_is_told(core, drivers):
    async def main():
        other = Boards().responder(drivers)
        waiting = core.create_task(other.ready())
        await core.sleep_ms(10)
        other.close()
        with pytest.raises(OSError):
            await waiting

    run_virtual(core, main)


def test_cr_go_may_close_it(core, drivers):
    async def main():
        boards = Boards()
        links = []
        links.append(boards.initiator(drivers, cr_go=lambda: links[0].close()))
        other = boards.responder(drivers)
        await core.sleep_ms(5000)
        assert not links[0].synchronised
        assert links[0].nboots == 0
        other.close()

    run_virtual(core, main)


def test_what_makes_no_sense_is_refused(core, drivers):
    async def main():
        boards = Boards()
        with pytest.raises(TypeError):
            drivers.Responder(boards.bus, lambda: 1, lambda: 1)
        with pytest.raises(TypeError):
            drivers.Responder(None, boards.pin[1], boards.pinack[1])
        with pytest.raises(TypeError):
            drivers.Initiator(boards.bus, boards.pin[0], boards.pinack[0])
        with pytest.raises(ValueError):
            drivers.Initiator(boards.bus.target, boards.pin[0], boards.pinack[0], reset=(boards.reset,))

        class Wide(drivers.Responder):
            rxbufsize = 0x8000

        class Slow(drivers.Initiator):
            t_poll = 500

        with pytest.raises(ValueError):
            Wide(boards.bus, boards.pin[1], boards.pinack[1])
        with pytest.raises(ValueError):
            Slow(boards.bus.target, boards.pin[0], boards.pinack[0])

    run_virtual(core, main)


def test_the_time_in_i2c_is_measured(core, drivers):
    async def main():
        one, other = Boards().pair(drivers)
        await up(one, other)
        await core.sleep_ms(1000)
        for link in (one, other):
            assert 5 <= link.block_cnt <= 12
            assert 0 <= link.block_max <= link.block_sum
            link.close()

    run_virtual(core, main)
