"""A device that can't interrupt is polled by a task: told when it has moved, and when it has not for a while.

    twincore run examples/polling.py [--virtual | --on cpython|micropython|rp2040]

On a pyboard it is the accelerometer; elsewhere, one that shakes a little all the time and is tilted now and then.
"""

from twincore import core

try:
    from pyb import Accel
except ImportError:
    Accel = None

MOVED = 16  # the square of the distance: what is less is noise
POLL_MS = 10
QUIET_MS = 200
SECONDS = 1


class Shaking:
    """What stands for a pyboard's accelerometer where there is none."""

    def __init__(self):
        self.place = (0, 0, 21)
        self._reads = 0

    def x(self):
        self._reads += 1
        return self.place[0] + self._reads % 3 - 1

    def y(self):
        return self.place[1]

    def z(self):
        return self.place[2]


class Mover:
    """`await moved()` returns where the device is once it has moved far enough; None if it has not for QUIET_MS."""

    def __init__(self, device):
        self._device = device
        self._place = self._look()

    def _look(self):
        return self._device.x(), self._device.y(), self._device.z()

    async def moved(self):
        for _ in range(QUIET_MS // POLL_MS):
            place = self._look()
            if sum([(place[axis] - self._place[axis]) ** 2 for axis in range(3)]) > MOVED:
                self._place = place
                return place
            await core.sleep_ms(POLL_MS)
        return None


async def tilt(device, places):
    for place in places:
        await core.sleep_ms(100)
        device.place = place


async def watch(mover):
    moves = quiet = 0
    try:
        while True:
            place = await mover.moved()
            if place is None:
                quiet += 1
                print("it lies still")
            else:
                moves += 1
                print("moved to", *[5 * round(axis / 5) for axis in place])
    finally:
        print(moves, "moves,", "quiet at times" if quiet else "never quiet")


async def main():
    device = Accel() if Accel else Shaking()
    await core.sleep_ms(30)  # until the chip has settled
    watching = core.create_task(watch(Mover(device)))
    if not Accel:
        await tilt(device, [(20, 0, 5), (0, -20, 5), (0, 0, 20)])
    await core.sleep(SECONDS)
    watching.cancel()
    await core.gather(watching, return_exceptions=True)


core.run(main())
