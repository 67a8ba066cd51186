"""The machines among each other and on the board: pins, time, threads, and what is left behind."""

import threading

import pytest

from twincore.desktop.board import ShortCircuit

# ruff: noqa: F821 - asm_pio knows these names


@pytest.fixture
def world(new_world):
    world = new_world()
    with world.board.core("test"):
        yield world


def follow():
    wait(1, pin, 0)
    set(pins, 1)
    wait(0, pin, 0)
    set(pins, 0)


def pulse():
    pull()
    set(pins, 1)[9]
    set(pins, 0)


def machine_of(world, number, program, freq=1_000_000, settings=None, **pins):
    rp2 = world.import_module("rp2")
    machine = rp2.StateMachine(number, rp2.asm_pio(**(settings or {"set_init": 2}))(program), freq=freq, **pins)
    machine.active(1)
    return machine


def watched(world, pin):
    seen = []
    world.board.line(pin).watch(lambda level, when: seen.append((when, level)))
    return seen


def test_one_machine_sees_what_another_drives_over_a_wire(world):
    world.board.line(2).link(world.board.line(3))
    seen = watched(world, 4)
    machine_of(world, 4, follow, in_base=3, set_base=4)
    machine_of(world, 0, pulse, set_base=2).put(0)
    world.board.run(us=50)
    assert seen == [(3, 1), (13, 0)]  # seen in the cycle after that in which it was driven, and set in the next


def test_a_pin_is_seen_two_ticks_after_it_has_changed(world):
    def back():
        in_(pins, 1)
        set(pins, 1)
        in_(pins, 1)
        in_(pins, 1)
        in_(pins, 1)
        push()
        pull()

    machine = machine_of(world, 0, back, 125_000_000, set_base=2, in_base=2)
    assert machine.get() == 0b0001


def test_two_machines_shake_hands_by_flags(world):
    def ping():
        irq(block, 4)
        wait(1, irq, 5)
        set(pins, 1)
        pull()

    def pong():
        wait(1, irq, 4)
        irq(5)
        pull()

    seen = watched(world, 2)
    machine_of(world, 0, ping, set_base=2)
    world.board.run(us=20)
    machine_of(world, 1, pong)
    world.board.run(us=20)
    assert len(seen) == 1 and 22 <= seen[0][0] <= 25


def test_an_edge_of_a_machine_calls_a_hard_handler_that_gives_it_more_to_do(world):
    machine = machine_of(world, 0, pulse, set_base=2)
    Pin = world.import_module("machine").Pin
    left = [3]

    def again(pin):
        left[0] -= 1
        if left[0]:
            machine.put(1)

    seen = watched(world, 2)
    Pin(2).irq(again, Pin.IRQ_FALLING, hard=True)
    machine.put(1)
    world.board.run(us=100)
    assert (left, len(seen)) == ([0], 6)
    assert [when for when, level in seen if level] == [1, 13, 25]


def test_a_short_circuit_is_told_where_it_is_made_and_the_machine_goes_on(world):
    world.board.line(2).drive(0, "a switch")
    settings = {"out_init": 2, "out_shiftdir": 1}
    machine = machine_of(world, 0, lambda: (pull(), out(pins, 1)), settings=settings, out_base=2)
    with pytest.raises(ShortCircuit, match="a switch at GP2 drives low"):
        machine.exec("set(x, 1)"), machine.exec("mov(pins, x)")
    world.board.line(2).drive(None, "a switch")
    machine.put(0)
    world.board.run(us=10)
    machine.put(1)
    world.board.run(us=10)
    assert world.board.line(2).level() == 1


def test_a_machine_that_is_stopped_watches_nothing_and_sets_no_alarm(world):
    line = world.board.line(3)
    machine = machine_of(world, 4, follow, in_base=3, set_base=4)
    assert line.listened()
    machine.active(0)
    assert not line.listened() and world.board.hardware.armed() == []
    machine.active(1)
    assert line.listened()


def test_the_board_that_is_closed_stops_them_and_lets_go_of_its_pins(world):
    machine_of(world, 0, lambda: (set(pins, 1), set(pins, 0)), set_base=2)
    machine_of(world, 4, follow, in_base=3, set_base=4)
    world.close()
    assert not world.board.line(3).listened() and world.board.hardware.armed() == []
    assert world.board.line(2).outputs() is None and world.board.users == {}


def test_in_real_time_a_machine_that_is_too_fast_lets_others_live(new_world):
    world = new_world(virtual=False)
    with world.board.core("test"):
        machine = machine_of(world, 0, lambda: (set(pins, 1), set(pins, 0)), 125_000_000, set_base=2)
        rang = threading.Event()
        world.board.at(world.time.now() + 100_000, rang.set)
        assert rang.wait(20)
        line = world.board.line(2)
        world.board.wait_until(lambda: line.edges > 100, timeout=20)
        machine.active(0)
        world.board.settle(20)  # the edge that was being made then
        edges = line.edges
        world.board.run(ms=5)
        assert line.edges == edges


def test_in_real_time_the_order_of_what_comes_late_is_kept(new_world):
    world = new_world(virtual=False)
    with world.board.core("test"):
        seen = watched(world, 2)
        machine = machine_of(world, 0, pulse, 8_000_000, set_base=2)
        for _ in range(200):
            machine.put(1)
        world.board.wait_until(lambda: len(seen) == 400, timeout=20)
        assert [level for _, level in seen] == [1, 0] * 200
        assert [when for when, _ in seen] == sorted(when for when, _ in seen)
