"""The NEC decoder: every code at every length that is near enough, every error code, and nothing raised at anything."""

from array import array

import pytest

from support import submodule


class Random:
    """The same numbers on every machine."""

    def __init__(self, seed=1):
        self.state = seed

    def below(self, most):
        self.state = (self.state * 1103 + 12345) % 65521
        return self.state % most


def times(drivers):
    return submodule(drivers, "nec_times")


def stretched(widths, random):
    """Each up to 20 % longer or shorter."""
    return array("H", [us * (80 + random.below(41)) // 100 for us in widths])


@pytest.mark.rp2040(seeds=1)
def test_a_code_is_what_the_protocol_says(drivers):
    widths = times(drivers).encode(0x59, 0x16, False)
    assert len(widths) == 67 and list(widths[:2]) == [9000, 4500]
    marks = [widths[index] for index in range(2, 67, 2)]
    spaces = [widths[index] for index in range(3, 66, 2)]
    bits = "".join(["1" if us > 1000 else "0" for us in spaces])
    assert bits == "10011010" + "01100101" + "01101000" + "10010111"
    assert set(marks) == {563} and set(spaces) == {563, 1688}
    assert list(times(drivers).repeat()) == [9000, 2250, 563]


@pytest.mark.rp2040(seeds=1)
@pytest.mark.parametrize("extended,addresses", [(False, (0, 1, 0x59, 0xFF)), (True, (0, 0x59, 0xA659, 0xFFFF, 0x1234))])
def test_what_is_20_percent_off_is_decoded(drivers, extended, addresses):
    module, random = times(drivers), Random()
    for address in addresses:
        for data in range(0, 256, 17):
            widths = stretched(module.encode(address, data, extended), random)
            assert module.decode(widths, 67, extended) == (data, address)
    for _ in range(20):
        assert module.decode(stretched(module.repeat(), random), 3, extended) == (-1, 0)


@pytest.mark.parametrize("by", [80, 120])
def test_a_remote_whose_clock_is_20_percent_off_is_decoded(drivers, by):
    module = times(drivers)
    widths = array("H", [us * by // 100 for us in module.encode(0x59, 0xA5, False)])
    assert module.decode(widths, 67, False) == (0xA5, 0x59)


@pytest.mark.rp2040(seeds=1)
@pytest.mark.parametrize("change,error", [
    ("nothing", -2), ("short mark", -2), ("long mark", -2), ("short space", -2), ("long space", -2),
    ("cut off", -3), ("mark too long", -3), ("space too long", -3), ("last mark too long", -3),
    ("repeat goes on", -4), ("repeat too short", -4), ("goes on", -5), ("noise", -5), ("data", -6), ("address", -7),
])  # fmt: skip
def test_each_error_has_its_code(drivers, change, error):
    module = times(drivers)
    widths = module.encode(0x59, 0x16, False)
    count = 67
    if change == "nothing":
        count = 1
    elif change == "short mark":
        widths[0] = 3000
    elif change == "long mark":
        widths[0] = 20000
    elif change == "short space":
        widths[1] = 600
    elif change == "long space":
        widths[1] = 9000
    elif change == "cut off":
        count = 65
    elif change == "mark too long":
        widths[10] = 3000
    elif change == "space too long":
        widths[11] = 4500
    elif change == "last mark too long":
        widths[66] = 9000
    elif change == "repeat goes on":
        widths[1] = 2250
    elif change == "repeat too short":
        widths[1] = 2250
        count = 2
    elif change == "goes on":
        count = 68
    elif change == "noise":
        widths[0] = 100
        count = 500
    elif change == "data":
        widths[2 + 2 * 16 + 1] = 563 if widths[2 + 2 * 16 + 1] > 1000 else 1688
    elif change == "address":
        widths[3] = 563
    assert module.decode(widths, count, False) == (error, 0)


def test_an_extended_address_is_not_checked(drivers):
    module = times(drivers)
    widths = module.encode(0x1234, 0x16, True)
    assert module.decode(widths, 67, False) == (module.BADADDR, 0)
    assert module.decode(widths, 67, True) == (0x16, 0x1234)
    widths = module.encode(0x59, 0x16, False)
    assert module.decode(widths, 67, True) == (0x16, 0xA659)


@pytest.mark.parametrize("address,data,extended,text", [
    (-1, 0, True, "an address is 0 to 0xffff"), (0x10000, 0, True, "an address is 0 to 0xffff"),
    (0x100, 0, False, "an address is 0 to 0xff"), (0, 256, False, "data is 0 to 0xff"),
    (0, -1, True, "data is 0 to 0xff"),
])  # fmt: skip
def test_what_can_not_be_sent_is_refused(drivers, address, data, extended, text):
    with pytest.raises(ValueError, match=text):
        times(drivers).encode(address, data, extended)


def test_anything_is_decoded_to_something(drivers):
    module, random = times(drivers), Random(7)
    widths = array("H", [0] * 68)
    for _ in range(300):
        for index in range(68):
            widths[index] = (random.below(256) << 8 | random.below(256)) >> random.below(12)
        if random.below(2):
            widths[0], widths[1] = 9000, (2250, 4500)[random.below(2)]
        data, address = module.decode(widths, random.below(600), random.below(2))
        assert -7 <= data <= 255 and 0 <= address <= 0xFFFF
