import time

import pytest

from twincore.desktop import targets
from twincore.desktop.emulation import emulator


@pytest.fixture(autouse=True)
def here(target_is_here):
    target_is_here("rp2040")


def test_an_application_is_main_with_its_arguments_its_files_and_the_library(app):
    app("value = 7\n", "beside.py")
    script = app(
        "import sys, beside, twincore.core\n"
        "print(__name__, sys.platform, sys.argv, __file__, beside.value, twincore.core.__file__)\n"
        "print(open('data.txt').read())\n"
    )
    result = emulator.run(script, args=["a", "it's"], files={"data.txt": b"from a file"})
    assert result.stderr == ""
    assert result.stdout.splitlines() == [
        """__main__ rp2 ['app.py', 'a', "it's"] app.py 7 /lib/twincore/core/__init__.mpy""",
        "from a file",
    ]


def test_an_application_called_main_or_boot_runs_once_and_as_any_other(app):
    for name in ("main.py", "boot.py"):
        assert emulator.run(app("print(__name__)\n", name)).stdout == "__main__\n"


def test_core_1_runs_beside_core_0(app):
    script = app(
        "import _thread, machine\n"
        "done = [0, 0]\n"
        "def other():\n"
        "    done[1] = machine.mem32[0xD0000000]\n"  # SIO CPUID
        "    done[0] = 1\n"
        "_thread.start_new_thread(other, ())\n"
        "while not done[0]: pass\n"
        "print(machine.mem32[0xD0000000], done[1])\n"
    )
    assert emulator.run(script).stdout == "0 1\n"


def test_pins_2_and_3_are_joined_by_a_wire_unless_told_otherwise(app):
    script = app(
        "from machine import Pin\n"
        "out = Pin(2, Pin.OUT); joined = Pin(3, Pin.IN); other = Pin(5, Pin.IN)\n"
        "seen = []\n"
        "for level in (0, 1, 0):\n"
        "    out(level); seen.append((joined(), other()))\n"
        "print(seen)\n"
    )
    assert emulator.run(script).stdout == "[(0, 0), (1, 0), (0, 0)]\n"
    assert emulator.run(script, wires=[(2, 5)]).stdout == "[(0, 0), (0, 1), (0, 0)]\n"


def test_a_hard_pin_interrupt_is_served(app):
    script = app(
        "from machine import Pin\n"
        "count = [0]\n"
        "def handler(pin): count[0] += 1\n"
        "Pin(3, Pin.IN).irq(handler, Pin.IRQ_RISING, hard=True)\n"
        "out = Pin(2, Pin.OUT)\n"
        "for _ in range(10): out(1); out(0)\n"
        "print(count[0])\n"
    )
    assert emulator.run(script).stdout == "10\n"


def test_flash_is_erased_and_programmed(app):
    script = app(
        "data = bytes(range(256)) * 40\n"
        "with open('f', 'wb') as f: f.write(data)\n"
        "print(open('f', 'rb').read() == data)\n"
    )
    assert emulator.run(script).stdout == "True\n"


def test_a_core_waits_while_the_other_writes_flash_and_interrupts_do_no_harm(app):
    """They wake it in the firmware's lock-out, whose loop the XIP cache serves."""
    script = app(
        "import _thread, time, machine\n"
        "state = [False, 0]\n"
        "def work():\n"
        "    for n in range(30):\n"
        "        with open('f%d' % (n % 3), 'wb') as file: file.write(b'x' * 300)\n"
        "    state[0] = True\n"
        "def tick(timer): state[1] += 1\n"
        "timers = [machine.Timer(period=1, callback=tick) for _ in range(3)]\n"
        "_thread.start_new_thread(work, ())\n"
        "while not state[0]: time.sleep_ms(1)\n"
        "for timer in timers: timer.deinit()\n"
        "print(state[1] > 9, [len(open('f%d' % n).read()) for n in range(3)])\n"
    )
    result = emulator.run(script, seed=1, jitter=40)
    assert (result.stdout, result.stderr) == ("True [300, 300, 300]\n", "")


RACE = """
import _thread, time
ticks = [0] * 40
def other():
    for i in range(20): ticks[i] = time.ticks_us()
_thread.start_new_thread(other, ())
for i in range(20, 40): ticks[i] = time.ticks_us()
time.sleep_ms(20)
print(ticks)
"""


def test_a_seed_repeats_to_the_microsecond_and_another_interleaves_otherwise(app):
    script = app(RACE)
    first, again, other = (emulator.run(script, seed=seed, jitter=50) for seed in (3, 3, 4))
    assert first.stdout == again.stdout
    assert first.emulated_ms == again.emulated_ms
    assert first.stdout != other.stdout


def test_sleeping_takes_the_boards_time_and_not_ours(app):
    start = time.monotonic()
    result = emulator.run(app("import time\ntime.sleep(100)\n"))
    assert 100_000 <= result.emulated_ms < 100_100
    assert time.monotonic() - start < 20


def test_both_cores_asleep_for_good_is_a_deadlock(app):
    result = emulator.run(app("import _thread\nlock = _thread.allocate_lock()\nlock.acquire()\nlock.acquire()\n"))
    assert (result.exit_code, result.deadlock, result.timed_out) == (70, True, False)
    assert result.stderr.startswith("deadlock: both cores asleep and no alarm pending\n")


def test_limits_of_emulated_and_of_wall_time_end_a_run(app):
    script = app("print('begun')\nwhile True: pass\n")
    for limits in ({"emulated_limit": 0.05}, {"wall_limit": 1}):
        result = emulator.run(script, **limits)
        assert (result.exit_code, result.timed_out, result.deadlock) == (124, True, False)
        assert result.stdout == "begun\n"
        assert "stopped after" in result.stderr


def test_output_is_echoed_as_the_board_prints_it(app):
    heard = []
    script = app("print('early')\nn = 0\nwhile n < 30000: n += 1\nprint('late')\n")
    emulator.run(script, echo=lambda piece: heard.append((piece, time.monotonic())))
    assert "".join(piece for piece, _ in heard) == "early\nlate\n"
    assert heard[-1][1] - heard[0][1] > 0.1


def test_carriage_returns_and_non_ascii_text_arrive_as_printed(app):
    assert emulator.run(app("print('a\\rb µ')\n")).stdout == "a\rb µ\n"


def test_files_that_do_not_fit_are_an_error(app):
    with pytest.raises(ValueError, match="do not fit"):
        emulator.run(app(""), files={"big": bytes(2_000_000)})


def test_without_the_target_nothing_is_run(no_targets, app):
    with pytest.raises(targets.TargetMissing, match="twincore fetch rp2040"):
        emulator.run(app(""))
