"""How the surroundings of an emulated board answer its emulator: what happened, and when they want to go on."""

import contextlib
import threading

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
    there = {"pins": {7: 1, 6: 1}, "buses": [{"number": 0}, {"pins": [21, 20]}], "uarts": [1, 0], "spi": []}
    there |= {"pulses": {}, "seen": False}
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


def test_pulses_reach_a_strip_together_and_its_pin_is_at_its_level_afterwards(around):
    circuit, wiring, _ = around(
        'links = ["3:4"]\n[chip.alone]\nkind = "neopixel"\npin = 22\n[chip.joined]\nkind = "neopixel"\npin = 4'
    )
    assert circuit.there()["pulses"] == {22: True, 4: False}
    circuit.answer(10, "pin", 22, "low")
    lengths = [800, 450] * 8 + [400, 850] * 15 + [800, 10_000]
    latched = 100 - 10 + 50
    assert circuit.answer(100, "pulses", 22, lengths, 0) == answer(latched)
    assert circuit.answer(latched, "time") == answer()
    assert wiring.chips["alone"].colours == [(0, 255, 1)]
    assert circuit.answer(300, "pulses", 22, [], 1)["happened"] == [["pin", 22, 1]]
    assert wiring.chips["joined"].shown == 0


def test_what_people_want_is_done_when_the_emulator_comes_next_whichever_thread_they_are_in(around):
    circuit, wiring, said = around('[chip.start]\nkind = "button"\npin = 10\nbounces = 0\nresistor = true')
    board, button = wiring.chips["start"].board, wiring.chips["start"]
    for want in (button.press, lambda: button.click(-1)):
        thread = threading.Thread(target=board.soon, args=(want,))
        thread.start()
        thread.join()
    assert not button.pressed
    assert circuit.answer(10, "time") == answer(None, ("pin", 10, 0))
    assert said == ["ms is 0 or more, not -1\n"]


def test_pins_that_nothing_is_wired_to_can_be_seen(around):
    circuit, wiring, _ = around('[chip.start]\nkind = "button"\npin = 10', seen=True)
    board = wiring.chips["start"].board
    assert circuit.there()["seen"] is True
    pins = {
        "2": ["high", 1, 7, 5, None],
        "3": ["up", 0, 1, 5, None],
        "6": ["low", 0, 40, 4, [50.0003, 0.25]],
        "8": ["input", 0, 0, 2, None],
        "10": ["up", 1, 3, 5, None],
    }
    assert circuit.answer(10, "seen", pins) == answer()
    look = {name: (line.outputs(), line.level(), line.edges) for name, line in board.lines().items()}
    assert look == {"GP2": (1, 1, 7), "GP3": (None, 0, 1), "GP6": (0, 0, 40), "GP8": (None, 0, 0), "GP10": (None, 0, 3)}
    assert (board.users, board.pwm) == ({"GP6": "PWM", "GP8": "UART(1)"}, {"GP6": (50.0, 0.25)})
    circuit.answer(20, "seen", {"6": ["low", 0, 40, 5, None]})
    assert (board.users, board.pwm) == ({"GP8": "UART(1)"}, {})


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


CARD = '[chip.card]\nkind = "sd_card"\nselect = 17\n'
GO_IDLE = [0x40, 0, 0, 0, 0, 0x95]


def test_the_first_message_says_which_spi_buses_there_are(around):
    circuit, _, _ = around(CARD + '[chip.other]\nkind = "sd_card"\nselect = 13\nbus = [10, 11, 12]')
    assert circuit.there()["spi"] == [{"number": 0}, {"pins": [10, 11, 12]}]


@pytest.mark.parametrize("bits", [8, 16])
def test_a_chip_on_spi_answers_word_by_word_while_it_is_selected(around, bits):
    circuit, _, _ = around(CARD)

    def exchange(us, *data):
        size = bits // 8
        words = [int.from_bytes(data[at : at + size], "big") for at in range(0, len(data), size)]
        ((kind, bus, answers),) = circuit.answer(us, "spi", 0, words, bits)["happened"]
        assert (kind, bus, len(answers)) == ("spi", 0, len(words))
        return b"".join(answer.to_bytes(size, "big") for answer in answers)

    circuit.answer(10, "pin", 17, "high")
    assert exchange(20, *[0xFF] * 10) == b"\xff" * 10
    circuit.answer(30, "pin", 17, "low")
    assert exchange(40, *GO_IDLE, *[0xFF] * 4) == b"\xff" * 7 + b"\x01\xff\xff"
    exchange(50, *GO_IDLE)
    circuit.answer(60, "pin", 17, "high")
    assert exchange(70, *[0xFF] * 4) == b"\xff" * 4


def test_a_chip_on_spi_says_what_it_is_going_to_send(around):
    circuit, _, _ = around(CARD)
    circuit.answer(10, "pin", 17, "high")
    circuit.answer(20, "spi", 0, [0xFF] * 10, 8)
    circuit.answer(30, "pin", 17, "low")
    circuit.answer(40, "spi", 0, [*GO_IDLE, 0xFF], 8)
    for us in (50, 51):
        assert circuit.answer(us, "spi", 0, None, 8)["happened"] == [["spi", 0, [0x01]]]
    assert circuit.answer(60, "spi", 0, [0xFF], 8)["happened"] == [["spi", 0, [0x01]]]
    assert circuit.answer(70, "spi", 0, None, 8)["happened"] == [["spi", 0, [0xFF]]]
    assert circuit.answer(80, "spi", 0, [0, 0], 12)["happened"] == [["spi", 0, [0xFFF, 0xFFF]]]


def test_a_chip_on_spi_that_fails_is_told_of_and_the_bus_is_at_rest(around):
    circuit, wiring, said = around(CARD)
    wiring.chips["card"].exchange = None
    circuit.answer(10, "pin", 17, "low")
    assert circuit.answer(20, "spi", 0, [0, 0], 8)["happened"] == [["spi", 0, [0xFF, 0xFF]]]
    assert "in a transfer of SPI(0)" in said[0]


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
    '[chip.a]\nkind = "sd_card"\nselect = 17\nbus = 2': r"chip\.a: an RP2040 has SPI 0 and 1, or any three pins",
    '[chip.a]\nkind = "sd_card"\nselect = 17\nbus = [2, 3]': r"chip\.a: an SPI bus is at three pins.*, not at 2, 3",
    '[chip.a]\nkind = "sd_card"\nselect = 44': r"chip\.a\.select: a pico has no pin 44",
    '[chip.a]\nkind = "sd_card"\nselect = 17\nsize = 1000': r"chip\.a: an SDHC card has a multiple of 512 KB",
    "[uart.3]\nto = 0": r"uart\.3: an RP2040 has UART 0 and 1, not 3",
    "[uart.0]\nto = 3": r"uart\.0: an RP2040 has UART 0 and 1, not 3",
    "[uart.0]\npty = true": r"what is outside lives in real time",
}


@pytest.mark.parametrize("text", BAD)
def test_what_does_not_fit_an_rp2040_is_told_with_its_key(around, text):
    with pytest.raises(BadSetting, match=BAD[text]) as caught:
        around(text)
    assert "\n" not in str(caught.value)
