"""How the surroundings of an emulated board answer its emulator: what happened, and when they want to go on."""

import contextlib

import pytest

from twincore.desktop.emulation.outside import EmulatedBoard
from twincore.desktop.emulation.outside.circuit import Circuit
from twincore.desktop.wiring import BadSetting, Wiring

pytestmark = [pytest.mark.cpython, pytest.mark.timeout(60)]


@pytest.fixture
def around(tmp_path):
    """A function: around(text of a board.toml) gives the circuit, the wiring, and what chips have printed."""
    with contextlib.ExitStack() as stack:

        def make(text, **options):
            file = tmp_path / "board.toml"
            file.write_text(text)
            wiring, said = Wiring.load(file), []
            board = EmulatedBoard(said.append)
            stack.enter_context(board.time.context("the test"))
            stack.enter_context(board)
            wiring.apply(board)
            return Circuit(board, **options), wiring, said

        yield make


def answer(next=None, *happened):
    return {"next": next, "happened": [list(each) for each in happened], "paused": False, "stop": None}


def test_the_first_message_says_what_is_there(around):
    circuit, _, _ = around(
        '[levels]\n7 = 1\n[pulls]\n6 = "up"\n[uart.1]\nto = 1\n'
        '[chip.a]\nkind = "htu21d"\n[chip.b]\nkind = "htu21d"\nbus = [21, 20]'
    )
    there = {"pins": {7: 1, 6: 1}, "buses": [{"number": 0}, {"pins": [21, 20]}], "uarts": [1, 0]}
    assert {**circuit.there(), "uarts": sorted(circuit.there()["uarts"], reverse=True)} == there


def test_a_wire_works_both_ways_and_turns_around(around):
    circuit, _, _ = around('links = ["2:3"]')
    assert circuit.answer(10, "pin", 2, "high") == answer(None, ("pin", 2, 1), ("pin", 3, 1))
    assert circuit.answer(20, "pin", 2, "low") == answer(None, ("pin", 2, 0), ("pin", 3, 0))
    assert circuit.answer(30, "pin", 2, "input") == answer()
    assert circuit.answer(30, "pin", 3, "high") == answer(None, ("pin", 2, 1), ("pin", 3, 1))
    assert circuit.answer(40, "pin", 3, "down") == answer(None, ("pin", 2, 0), ("pin", 3, 0))
    assert circuit.answer(50, "pin", 2, "up") == answer()  # the pulls fight, and it stays as it is


def test_two_outputs_that_disagree_stop_the_run(around):
    circuit, _, _ = around('links = ["2:3"]')
    circuit.answer(10, "pin", 2, "high")
    stop = circuit.answer(2_500_000, "pin", 3, "low")["stop"]
    assert stop["ending"] == "short circuit"
    both = "the output GP3 drives low and the output GP2 drives high"
    assert stop["why"].startswith(f"a short circuit at 2.500000 s: {both}")


def test_what_happens_by_itself_comes_when_its_time_has_come(around):
    circuit, _, _ = around("[levels]\n9 = {steps = [[1000, 1], [500, 0]], start = 2000}")
    assert circuit.answer(0, "time") == answer(2000)
    assert circuit.answer(1999, "time") == answer(2000)
    assert circuit.answer(2000, "time") == answer(3000, ("pin", 9, 1))
    assert circuit.answer(3000, "time") == answer(3500, ("pin", 9, 0))
    assert circuit.answer(3500, "time") == answer()


def test_a_uart_hears_what_it_sent_after_the_time_of_a_byte(around):
    circuit, _, _ = around("[uart.0]\nto = 0")
    circuit.answer(0, "format", 0, 10_000, 10)
    assert circuit.answer(100, "uart", 0, 65) == answer(1100)
    assert circuit.answer(1100, "time") == answer(None, ("uart", 0, 65))


def test_the_tx_of_a_uart_that_is_wired_to_the_rx_of_another_is_heard_there(around):
    circuit, _, _ = around('links = ["8:13"]')  # TX of UART 1, RX of UART 0
    for number in (0, 1):
        circuit.answer(0, "format", number, 10_000, 10)
    circuit.answer(0, "function", 8, True)
    circuit.answer(0, "function", 13, True)
    circuit.answer(100, "uart", 1, 65)
    assert circuit.answer(1100, "time") == answer(None, ("uart", 0, 65))
    circuit.answer(1200, "function", 13, False)
    circuit.answer(1200, "uart", 1, 66)
    assert circuit.answer(2200, "time") == answer()


def test_the_adc_gets_what_the_voltage_is_then(around):
    circuit, _, _ = around("[adc]\n26 = 0.5\n28 = {samples = [0.0, 1.0], every_us = 1000}")
    assert circuit.answer(10, "adc", 0)["happened"] == [["adc", 0, 2048]]
    assert circuit.answer(20, "adc", 2)["happened"] == [["adc", 2, 0]]
    assert circuit.answer(1000, "adc", 2)["happened"] == [["adc", 2, 4095]]


def test_a_chip_that_holds_the_clock_answers_when_it_lets_go(around):
    circuit, _, _ = around('[chip.a]\nkind = "htu21d"\ntypical = true')
    assert circuit.answer(0, "i2c", 0, 1, "connect", 0x40, 0)["happened"] == [["i2c", 0, 1, True, []]]
    assert circuit.answer(100, "i2c", 0, 2, "write", 0x40, [0xE3], True)["happened"] == [["i2c", 0, 2, True, []]]
    assert circuit.answer(200, "i2c", 0, 3, "connect", 0x40, 32) == answer(44_100)
    assert circuit.answer(300, "time") == answer(44_100)
    ((kind, bus, asked, acknowledged, data),) = circuit.answer(44_100, "time")["happened"]
    assert (kind, bus, asked, acknowledged, len(data)) == ("i2c", 0, 3, True, 32)


def test_what_is_busy_or_missing_or_refuses_does_not_acknowledge(around):
    circuit, _, _ = around('[chip.a]\nkind = "htu21d"')

    def acknowledged(us, *what):
        return circuit.answer(us, "i2c", 0, 1, *what)["happened"][0][3]

    assert not acknowledged(0, "connect", 0x41, 0)
    assert not acknowledged(0, "write", 0x40, [0x01], True)
    assert acknowledged(0, "write", 0x40, [0xF3], True)
    assert not acknowledged(100, "connect", 0x40, 3)
    assert acknowledged(60_000, "connect", 0x40, 3)


def test_a_board_that_is_ahead_of_something_real_waits_for_it(around):
    circuit, _, _ = around("[uart.0]\nto = 0", paced=True)
    assert circuit.answer(0, "time")["next"] == 1000
    assert circuit.answer(20_000, "time")["paused"]


BAD = {
    '[chip.a]\nkind = "htu21d"\nbus = 2': r"chip\.a: an RP2040 has I2C 0 and 1, or any two pins \[SCL, SDA\], not 2",
    '[chip.a]\nkind = "htu21d"\nbus = [4, 4]': r"chip\.a: an I2C bus is at two pins, SCL and SDA, not at 4, 4",
    '[chip.a]\nkind = "htu21d"\nbus = [4, 44]': r"chip\.a: a pico has no pin 44: did you mean",
    '[chip.a]\nkind = "button"\npin = 44': r"chip\.a\.pin: a pico has no pin 44",
    '[chip.a]\nkind = "gps"\nlog = "board.toml"\nuart = 4': r"chip\.a: ",
    "[uart.3]\nto = 0": r"uart\.3: an RP2040 has UART 0 and 1, not 3",
    "[uart.0]\nto = 3": r"uart\.0: an RP2040 has UART 0 and 1, not 3",
    "[uart.0]\npty = true": r"what is outside lives in real time",
}


@pytest.mark.parametrize("text", BAD)
def test_what_does_not_fit_an_rp2040_is_told_with_its_key(around, text):
    with pytest.raises(BadSetting, match=BAD[text]) as caught:
        around(text)
    assert "\n" not in str(caught.value)
