"""RP2Touch: a touch pad at a pin of an RP2040 or RP2350 as a Pushbutton. For an ESP32's pads there is ESP32Touch.

    button = RP2Touch(Pin(16))
    button.press_func(led.toggle)

A piece of copper at the pin, and a resistor of 1 Mohm from the pin to ground. The PIO drives the pin high, lets go, and
counts until the resistor has discharged it: that takes longer with a finger there, which adds some 10 pF.
"""

from array import array

from .pushbutton import Pushbutton

READINGS = 4  # that a look takes: as many as wait in the state machine's FIFO
LOOKS = 4  # of which the mean is taken: with 500 readings a second over 32 ms, more than a period of the mains
MOST = 4000  # counts of 16 ns: 64 us
HZ = 125_000_000  # of the state machine, which counts each second cycle
DRIFT = 1024  # looks, in which most of a difference is taken for drift: 8 s
PER_PIO = 4  # state machines

_used = set()  # the numbers of the state machines that pads have


class RP2Touch(Pushbutton):
    """`pin_sense` is the Pin of the pad, which must not be touched now. All else is as of Pushbutton.

    The pad counts as touched when it keeps its charge for more than `thresh` counts of 16 ns longer than it does
    untouched, until these are half as many or fewer. How long that is untouched is measured in the first 40 ms, and
    slow changes are followed while nobody touches it; a pad that was touched nevertheless is right once it was let go.

    A pad has a state machine of its own until `deinit`, the first from `start_sm` on that does not run; pads of a PIO
    share nine of its 32 instructions. It measures by itself, and its readings are fetched each `4000 // freq` ms, which
    takes some 170 us. No hardware timer and no interrupt is used.

    TypeError if there is no RP2, or the pin is no machine.Pin; ValueError for a Pin that is none of the chip's own;
    RuntimeError if no state machine is free. An RP2350 has to be of stepping A3 or later: with earlier ones a pin that
    is let go stays at 2 V by itself (erratum E9), and every pad would seem touched.
    """

    _thresh = 5
    _level_at_rest = 0
    _first = 0
    _look_ms = 8

    @classmethod
    def config(cls, thresh=5, start_sm=0, freq=500):
        """For the pads made from now on. ValueError for numbers out of range.

        Args: thresh, more than so many counts longer is touched, 1 to 2000: see `value`; start_sm, the state machines
        below that number, 0 to 7 (RP2350: 11), are for others; freq, readings a second, 4 to 4000, of which 16 count.
        """
        _check("thresh", thresh, 1, MOST // 2)
        _check("start_sm", start_sm, 0, 11)
        _check("freq", freq, READINGS, 4000)
        cls._thresh = thresh
        cls._first = start_sm
        cls._look_ms = 1000 * READINGS // freq

    def __init__(self, pin_sense, suppress=False):
        self._limit = self._thresh
        self._touches = False
        self._looks = array("H", [0] * LOOKS)  # the sums of READINGS
        self._count = 0  # of looks so far
        self._sum = 0  # of _looks
        self._base = -1  # what _sum is while nobody touches it, times DRIFT; -1: not known yet
        self._number, self._machine = _start(pin_sense, self._first)
        self._sensor = pin_sense
        try:
            Pushbutton.__init__(self, self._look, suppress, False, poll_ms=self._look_ms)
        except BaseException:
            _stop(self._number, self._machine, pin_sense)
            raise

    def value(self):
        """Return (offset, delta): for how many counts it keeps its charge untouched, and for how many more now.

        To find a threshold: print it while the pad is touched and while not. (0, 0) in the first 40 ms.
        """
        self._check()
        if self._base < 0:
            return 0, 0
        offset = self._base // (DRIFT * LOOKS * READINGS)
        return offset, self._sum // (LOOKS * READINGS) - offset

    def ended(self):
        Pushbutton.ended(self)
        _stop(self._number, self._machine, self._sensor)

    def _look(self):
        """Whether it is touched. Takes the readings that were made since the last look, and asks for as many more."""
        machine = self._machine
        if machine.rx_fifo() == READINGS:
            total = 0
            for _ in range(READINGS):
                total += (MOST - machine.get()) & 0xFFFF
                machine.put(MOST)
            self._take(total)
        return self._touches

    def _take(self, total):
        place = self._count % LOOKS
        self._sum += total - self._looks[place]
        self._looks[place] = total
        self._count += 1
        if self._base < 0:
            if self._count == LOOKS:
                self._base = self._sum * DRIFT
            return
        more = self._sum - self._base // DRIFT
        limit = self._limit * LOOKS * READINGS
        if more < -limit:  # it was touched when this began
            self._base = self._sum * DRIFT
            self._touches = False
        elif more > limit:
            self._touches = True
        elif not self._touches or 2 * more <= limit:
            self._touches = False
            self._base += more


def _check(name, value, least, most):
    if not isinstance(value, int) or not least <= value <= most:
        raise ValueError(name + " is a number from " + str(least) + " to " + str(most) + ", not " + repr(value))


def _start(pin, first):
    """Return the number of a state machine, and the machine, which measures at `pin`."""
    try:
        import rp2
        from machine import Pin, freq
    except ImportError:
        raise TypeError("an RP2Touch needs the PIO of an RP2040 or RP2350, and there is none here") from None
    if not isinstance(pin, Pin):
        raise TypeError("an RP2Touch is at a machine.Pin, not " + repr(pin))
    if "EXT" in repr(pin):  # as of a Pico W's LED
        raise ValueError(repr(pin) + " is none of the chip's own pins, to which its PIO has access")
    from .rp2_touch_pio import discharge

    there = _machines(rp2)
    if first >= there:
        raise ValueError("start_sm is " + str(first) + ", and here are state machines 0 to " + str(there - 1))
    reasons = []
    for number in range(first, there):
        reason = _why_not(rp2, number)
        if reason is None:
            pin.init(Pin.IN, None)  # without a pull, which would discharge it at once
            try:
                machine = rp2.StateMachine(number, discharge, freq=min(HZ, freq()), set_base=pin, jmp_pin=pin)
            except OSError:
                reason = "no room for the program in PIO " + str(number // PER_PIO)
            else:
                _used.add(number)
                machine.active(1)
                for _ in range(READINGS):
                    machine.put(MOST)
                return number, machine
        reasons.append(str(number) + ": " + reason)
    raise RuntimeError("no state machine is free for an RP2Touch: " + "; ".join(reasons))


def _machines(rp2):
    try:
        rp2.PIO(2)
    except ValueError:
        return 2 * PER_PIO
    return 3 * PER_PIO


def _why_not(rp2, number):
    """Why that state machine can't be had, None if it can."""
    if number in _used:
        return "another pad's"
    try:
        return "runs" if rp2.StateMachine(number).active() else None
    except ValueError as exc:
        return str(exc)


def _stop(number, machine, pin):
    """Give them back; and the program's memory, with the last pad of that PIO."""
    machine.active(0)
    pin.init(pin.IN)
    _used.discard(number)
    pio = number // PER_PIO
    if not any(other // PER_PIO == pio for other in _used):
        import rp2

        from .rp2_touch_pio import discharge

        rp2.PIO(pio).remove_program(discharge)
