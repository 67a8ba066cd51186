"""pyb.I2C as a slave: two boards whose programs talk over one bus."""

import threading

import pytest

from twincore.desktop.board import Board
from twincore.desktop.firmware.world import World

MASTER = """
import machine, time
def again(act):
    while True:
        try:
            return act()
        except OSError:  # in real time the slave's thread may come later than a bus waits
            time.sleep_ms(1)
i2c = machine.I2C(0, freq=100_000)
print("started")
for n in range(3):
    again(lambda: i2c.writeto(0x12, bytes((n, n + 1))))
    print("read", list(again(lambda: i2c.readfrom(0x12, 2))))
"""
SLAVE = """
import pyb
i2c = pyb.I2C(1, pyb.I2C.SLAVE, addr=0x12)
print("started")
buf = bytearray(2)
for n in range(3):
    i2c.recv(buf, timeout=20_000)
    i2c.send(bytes(b + 100 for b in buf), timeout=20_000)
print("served", i2c)
"""


@pytest.mark.parametrize("virtual", [True, False])
def test_two_programs_take_turns(tmp_path, virtual):
    printed = {"slave": [], "master": []}
    started = {name: threading.Event() for name in printed}
    (tmp_path / "slave.py").write_text(SLAVE)
    (tmp_path / "master.py").write_text(MASTER)

    def board(kind, name, **options):
        def output(text):
            printed[name].append(text)
            started[name].set()

        return Board(kind, name=name, root=tmp_path, output=output, **options)

    with board("pyboard", "slave", virtual=virtual) as slave, board("pico", "master", time=slave.time) as master:
        slave.i2c(1).join(master.i2c(0))
        slave.time.hold()  # no timeout passes until both are there
        threads = []
        for each in (slave, master):
            script = tmp_path / f"{each.name}.py"
            threads.append(threading.Thread(target=World(each, [tmp_path]).run, args=(script,)))
            threads[-1].start()
            assert started[each.name].wait(30)
        slave.time.release()
        for thread in threads:
            thread.join(30)
    assert "".join(printed["slave"]).splitlines() == ["started", "served I2C(1, I2C.SLAVE, addr=0x12)"]
    assert "".join(printed["master"]).splitlines()[1:] == [f"read [{100 + n}, {101 + n}]" for n in range(3)]


def test_a_slave_that_is_not_ready_does_not_acknowledge_for_ever(new_world):
    world = new_world("pyboard")
    pyb, machine = world.import_module("pyb"), world.import_module("machine")
    slave = pyb.I2C(1, pyb.I2C.SLAVE, addr=0x13)
    world.board.i2c(2).join(world.board.i2c(1))
    with world.main_program():
        with pytest.raises(OSError, match="device at 0x13"):
            machine.I2C(2).writeto(0x13, b"x")
        assert world.time.now() >= 25_000
        with pytest.raises(OSError, match="has not transferred with 0x13 within 10 ms") as caught:
            slave.recv(1, timeout=10)
        assert caught.value.errno == 110
        with pytest.raises(TypeError, match="must be a master"):
            slave.scan()
        slave.deinit()
        with pytest.raises(OSError, match="nothing answers"):
            machine.I2C(2).writeto(0x13, b"x")


def test_buses_with_a_device_at_the_same_address_cannot_be_joined(new_world):
    first, second = new_world("pico").board, new_world("pico").board
    for board in (first, second):
        board.i2c(0).attach(0x20, object())
    with pytest.raises(ValueError, match="have each a device at 0x20"):
        first.i2c(0).join(second.i2c(0))
