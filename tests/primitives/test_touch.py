"""ESP32Touch: a pad that is read, as a Pushbutton."""

import pytest

from injection import nothing_is_left
from pins import run_virtual


class Pad:
    """Stands in for a machine.TouchPad."""

    def __init__(self, reading=1000):
        self.reading = reading

    def read(self):
        return self.reading


def test_a_touch_is_a_press(core, primitives):
    log = []

    async def main():
        pad = Pad()
        button = primitives.ESP32Touch(pad, suppress=True)
        for name in ("release", "double", "long"):
            getattr(button, name + "_func")(log.append, (name,))
        for ms in (100, 900, 1300, 900, 100, 100, 100, 900):
            pad.reading = 1000 if pad.reading < 1000 else 300
            await core.sleep_ms(ms)
        button.deinit()
        nothing_is_left(core.get_event_loop(), core.current_task())

    run_virtual(core, main)
    assert log == ["release", "long", "double"]


def test_the_threshold_is_in_percent_of_the_most_that_was_read(core, primitives):
    async def main():
        pad = Pad(200)  # touched as it is made
        button = primitives.ESP32Touch(pad)
        pad.reading = 1000
        await core.sleep_ms(100)
        for reading, touched in ((801, False), (800, False), (799, True), (1000, False)):
            pad.reading = reading
            assert button.rawstate() is touched
            await core.sleep_ms(100)
            assert button() is touched
        primitives.ESP32Touch.threshold(50)
        try:
            other = primitives.ESP32Touch(pad)
        finally:
            primitives.ESP32Touch.threshold(80)
        pad.reading = 600
        assert button.rawstate() and not other.rawstate()
        button.deinit()
        other.deinit()

    run_virtual(core, main)


def test_wrong_thresholds_and_what_is_no_pad_are_refused(primitives):
    for wrong in (0, 100, 0.5, None):
        with pytest.raises(ValueError, match="1 to 99 percent"):
            primitives.ESP32Touch.threshold(wrong)
    with pytest.raises(TypeError, match="no machine.TouchPad here"):
        primitives.ESP32Touch(4)
