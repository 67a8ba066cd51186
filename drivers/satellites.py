"""Satellites: which satellites are in view (GSV) and in use (GSA). NMEA's.

A receiver tells what is in view in sets, one for each system, or for each signal of it, of up to nine sentences. A
set counts when its last sentence has come after all the others. A round is over when each set of the last one was
renewed, or a sentence of another kind follows.

Galileo and BeiDou number theirs from 1 on, as GPS does: here their numbers begin at 301 and 401, those of QZSS at 193
(as in the u-blox M8 receiver description, "Satellite numbering", extended).
"""

from .gps_fields import whole

_SYSTEMS = {b"1": b"GP", b"2": b"GL", b"3": b"GA", b"4": b"GB", b"5": b"GQ"}  # NMEA 4.11's system ID of GSA
_SAME = {b"GN": b"GP", b"BD": b"GB", b"QZ": b"GQ"}
_FIRST = {b"GA": 300, b"GB": 400, b"GQ": 192}
MINUS = 45  # a "-"
_MOST_USED = 100
_OWN = 99  # numbers above are unique as they are


class Satellites:
    """Takes GSV and GSA, lists of fields as bytes. ValueError, IndexError for one that can't be: none of it is kept."""

    def __init__(self):
        self.in_view = 0
        self.used = []
        self.rounds = 0  # complete ones
        self.incomplete = 0  # sets of which a sentence is missing
        self.last = 0  # of GSV: the number of the sentence that came last, and of those of its set
        self.total = 0
        self._key = None  # system and signal of the set that is coming, None: a sentence of it is missing
        self._talker = self._system = None  # the address of the last GSV, and whose satellites it told
        self._first = 0  # they are numbered from there on
        self._coming = {}
        self._expected = 0  # sentences in the set that is coming
        self._next = 0  # and the number of the next one
        self._sets = {}  # (system, signal) -> (in view, {number: (elevation, azimuth, snr)})
        self._renewed = []  # keys of the sets of this round
        self._counted = False  # this round
        self._more_used = False  # the sentence before was a GSA

    def data(self):
        """{number: (elevation, azimuth, signal to noise)} in degrees and dB, a new dictionary.

        The angles are None if the receiver does not know them, the last is 0 for what it does not receive; the best of
        several signals.
        """
        found = {}
        for _, satellites in self._sets.values():
            for number in satellites:
                if number not in found or found[number][2] < satellites[number][2]:
                    found[number] = satellites[number]
        return found

    def take_view(self, segs):
        """A GSV."""
        total = whole(segs[1], 1, 99)
        number = whole(segs[2], 1, total)
        in_view = whole(segs[3], 0, 999)
        end = len(segs)
        signal = b""
        if end % 4 == 1:  # since NMEA 4.10
            end -= 1
            signal = segs[end]
        elif end % 4:
            raise ValueError
        talker = segs[0]
        if talker != self._talker:
            system = talker[:2]
            self._talker = talker
            self._system = _SAME.get(system, system)
            self._first = _FIRST.get(self._system, 0)
        satellites = _satellites(segs, end, self._first)
        self.last = number
        self.total = total
        key = self._system, signal
        if number == 1:
            if self._key is not None:
                self.incomplete += 1
            self._key = key
            self._coming = satellites
            self._expected = total
        elif key != self._key or total != self._expected or number != self._next:
            self.incomplete += self._key is not None
            self._key = None
            return
        else:
            self._coming.update(satellites)
        self._next = number + 1
        if number == total:
            self._key = None
            self._complete(key, in_view)

    def _complete(self, key, in_view):
        renewed = self._renewed
        if key in renewed:  # a round that nothing has ended
            self.end_round()
        renewed.append(key)
        self._sets[key] = in_view, self._coming
        self._count()
        if not self._counted and len(renewed) == len(self._sets) and self.rounds:
            self._counted = True
            self.rounds += 1

    def end_round(self):
        """Another kind of sentence comes: what was not renewed in this round is out of view."""
        renewed = self._renewed
        if not renewed:
            return
        if len(renewed) < len(self._sets):
            for key in list(self._sets):
                if key not in renewed:
                    del self._sets[key]
            self._count()
        renewed.clear()
        if not self._counted:
            self.rounds += 1
        self._counted = False

    def _count(self):
        most = {}
        for system, signal in self._sets:
            most[system] = max(most.get(system, 0), self._sets[system, signal][0])
        self.in_view = sum(most.values())

    def take_used(self, segs):
        """A GSA. Those of several systems follow each other, and count together."""
        system = _SYSTEMS.get(segs[18], segs[0][:2]) if len(segs) > 18 else segs[0][:2]
        first = _FIRST.get(_SAME.get(system, system), 0)
        used = [_number(text, first) for text in segs[3:15] if text]
        if self._more_used and not (used and used[0] in self.used):  # else one begins anew, and nothing came between
            used = self.used + used
        self.used = used[:_MOST_USED]
        self._more_used = True

    def end_run(self):
        """A sentence of another kind than the one before comes."""
        self._more_used = False
        self.end_round()


def _satellites(segs, end, first):
    """{number: (elevation, azimuth, snr)} of the fields from 4 to `end` of a GSV."""
    found = {}
    for at in range(4, end, 4):
        number = segs[at]
        elevation = segs[at + 1]
        azimuth = segs[at + 2]
        noise = segs[at + 3]
        if not number:
            continue
        if noise.isdigit() and elevation.isdigit() and azimuth.isdigit() and number.isdigit():
            up = int(elevation)  # the usual case, without calls
            around = int(azimuth)
            heard = int(noise)
            which = int(number)
            if up > 90 or around > 360 or heard > 99 or not 0 < which < 1000:
                raise ValueError
            if which <= _OWN:
                which += first
        else:
            which = _number(number, first)
            up = _elevation(elevation) if elevation else None
            around = whole(azimuth, 0, 360) if azimuth else None
            heard = whole(noise, 0, 99) if noise else 0
        found[which] = up, around, heard
    return found


def _number(text, first):
    number = int(text) if text.isdigit() else 0
    if not 0 < number < 1000:
        raise ValueError
    return number if number > _OWN else number + first


def _elevation(text):
    return -whole(text[1:], 0, 90) if text[0] == MINUS else whole(text, 0, 90)
