"""Running ahead: what spins or counts costs nothing, and a change finds the machine where it is at that time."""

from random import Random

import pytest

from twincore.desktop.firmware.pio.ahead import SPINS

# ruff: noqa: F821 - asm_pio knows these names


@pytest.fixture
def world(new_world):
    world = new_world()
    with world.board.core("test"):
        yield world


def started(world, program, freq=1_000_000, number=0, pins=None, **settings):
    rp2 = world.import_module("rp2")
    machine = rp2.StateMachine(number, rp2.asm_pio(**settings)(program), freq=freq, **(pins or {}))
    machine.active(1)
    return machine


def toggles():
    mov(x, invert(x))
    in_(x, 3)


@pytest.mark.parametrize("program", [lambda: (label("a"), jmp("a")), toggles, lambda: push(noblock)])
def test_a_machine_that_comes_back_to_where_it_was_sets_no_alarm(world, program):
    machine = started(world, program, 125_000_000)
    world.board.run(ms=1)
    assert machine._machine.outcome == SPINS and world.board.hardware.armed() == []


def test_a_count_of_32_bits_is_done_at_once_and_takes_its_time(world):
    def program():
        mov(x, invert(null))
        label("again")
        jmp(x_dec, "again")
        push()

    machine = started(world, program, 125_000_000)
    world.board.run(34)
    assert machine.rx_fifo() == 0
    world.board.run(1)
    assert machine.rx_fifo() == 1  # 2 ** 32 * 8 ns are 34.36 s


def test_loops_within_loops_end_when_they_should(world):
    def program():
        set(x, 20)
        label("outer")
        set(y, 30)
        label("inner")
        jmp(y_dec, "inner")[3]
        jmp(x_dec, "outer")
        set(pins, 1)
        pull()

    seen = []
    world.board.line(2).watch(lambda level, when: seen.append(when))
    started(world, program, pins={"set_base": 2}, set_init=2)
    world.board.run(1)
    assert seen == [1 + 21 * (1 + 31 * 4 + 1)]


@pytest.mark.parametrize("at", [0, 1, 7, 100, 12_345])
def test_an_edge_sets_it_back_to_the_cycle_of_that_time(world, at):
    def program():
        label("low")
        jmp(pin, "high")
        jmp(x_dec, "low")
        jmp("low")
        label("high")
        mov(isr, invert(x))
        push()
        wait(1, irq, 7)

    line = world.board.line(3)
    line.drive(0)
    machine = started(world, program, 2_000_000, pins={"jmp_pin": 3})
    machine.exec("mov(x, invert(null))")
    world.board.at(world.time.now() + at, line.drive, 1)
    world.board.run(ms=20)
    assert abs(machine.get() - at) <= 1  # a count is two cycles, a microsecond


def test_one_that_spins_is_in_phase_when_it_goes_on(world):
    def program():
        label("low")
        set(x, 1)[2]
        jmp(pin, "high")
        set(x, 2)[2]
        jmp(pin, "high")
        set(x, 3)[2]
        jmp(pin, "high")
        jmp("low")
        label("high")
        in_(x, 32)
        push()
        wait(0, pin, 0)

    line = world.board.line(3)
    line.drive(0)
    machine = started(world, program, pins={"jmp_pin": 3, "in_base": 3})
    for when, phase in ((1302, 1), (2600 + 6, 2), (3900 + 10, 3)):
        began = world.time.now()
        machine.restart()
        world.board.run(us=when)
        line.drive(1)
        world.board.run(us=20)
        line.drive(0)
        assert machine.get() == phase, (when, world.time.now() - began)


def word_of(random, length):
    """An instruction that goes on, stalls or jumps, by itself or by pin 3."""
    delay = random.choice((0, 0, 0, 1, 5)) << 8
    kind = random.randrange(8)
    if kind < 4:
        return random.choice((0, 1, 2, 2, 3, 4, 4, 5, 6, 6, 7)) << 5 | random.randrange(length) | delay
    if kind == 4:
        return 0x2000 | random.randrange(2) << 7 | 3 | delay  # wait(…, gpio, 3)
    if kind == 5:
        return random.choice((0xE020, 0xE040)) | random.randrange(32) | delay
    if kind == 6:
        return random.choice((0xA042, 0xA029, 0xA041, 0xA022, 0xA0C1, 0xA0E2, 0xA02E)) | delay
    return random.choice((0x4021, 0x4001, 0x4043, 0x6025, 0x6041, 0x8000, 0x8040)) | delay


@pytest.mark.parametrize("seed", range(100))
def test_any_program_is_where_it_would_be_one_cycle_after_the_other(new_world, seed):
    random = Random(seed)
    words = [word_of(random, length) for length in [random.randrange(3, 12)] for _ in range(length)]
    program = [words, -1, -1, (len(words) - 1) << 12, 0, None, None, None]
    edges = sorted(random.sample(range(1, 3000), 12))
    looks = [*sorted(random.sample(range(1, 3200), 4)), 3300]

    expected, level = {}, 0
    plain = new_world().import_module("rp2").StateMachine(0, list(program), in_base=3, jmp_pin=3)._machine
    plain.watched = plain.block.units.present
    for cycle in range(looks[-1] + 1):
        if cycle - 1 in edges:
            level ^= 1
        plain.block.units.levels = level << 3
        if plain.cycle <= cycle:
            plain.cycle = cycle
            plain.step(True)
        expected[cycle + 1] = plain.state()[:-1], max(plain.cycle, cycle + 1), list(plain.rx)

    world = new_world()
    found = []
    with world.board.core("test"):
        line = world.board.line(3)
        line.drive(0)
        began = world.time.now()
        ahead = world.import_module("rp2").StateMachine(0, list(program), freq=1_000_000, in_base=3, jmp_pin=3)
        ahead.active(1)
        for number, when in enumerate(edges):
            world.board.at(began + when, line.drive, (number + 1) % 2)
        machine = ahead._machine
        for when in looks:
            world.time.sleep(began + when, last=True)
            machine.block.units.change(
                machine, lambda: found.append((machine.state()[:-1], machine.cycle, list(machine.rx)))
            )
    for state, when in zip(found, looks, strict=True):
        assert state in (expected[when], expected[when + 1])  # the cycle that begins just then may have been executed
