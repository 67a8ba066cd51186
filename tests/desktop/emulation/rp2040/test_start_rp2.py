"""How core 1 ends: never while core 0 writes flash, which would make MicroPython 1.25 panic at the next write."""

import pytest

# Core 1 ends at each microsecond of the time in which core 0 begins a write. Without the gate of start_rp2 the board
# crashes: it did in each of the three seeds that were tried.
PROGRAM = """
import rp2, time
from twincore.offload import start_rp2

class Slot:
    taken = False

class Ends:
    stack_size = 4096
    on_loan = False
    slots = ()

    def closed(self):
        return True

    def serve(self, slot):
        slot.taken = True
        time.sleep_us(self.us)

flash = rp2.Flash()
last = flash.ioctl(4, 0) - 1
page = bytearray(b"\\xff" * 256)
pool = Ends()
for us in range(288, 318):
    pool.us = us
    start_rp2.start(pool, Slot())
    for _ in range(5):
        flash.writeblocks(last, page, 0)
print("well")
"""


@pytest.mark.timeout(100)
@pytest.mark.parametrize("seed", [1])
def test_core_1_does_not_end_in_the_middle_of_a_flash_write(take, seed):
    (result,) = take(seed, {"run": PROGRAM})
    assert (result.output, result.traceback) == ("well\n", "")
