"""What a primitive costs a board, in bytes of heap on the 64-bit unix port: not more than upstream's, where it has one.

Upstream: Event and Lock 96, Semaphore 160, Queue 480, Delay_ms 800. No promise, but who makes it more should know.
"""

import gc

import pytest

from support import run

pytestmark = pytest.mark.micropython

LIMITS = {
    "Event": 96,
    "Lock": 96,
    "Semaphore": 96,
    "BoundedSemaphore": 128,
    "Condition": 288,
    "Barrier": 224,
    "Queue": 480,
    "Delay_ms": 400,
}


@pytest.mark.parametrize("name", sorted(LIMITS))
def test_what_one_costs(core, primitives, name):
    kind = getattr(core if name in ("Event", "Lock") else primitives, name)
    args = (2,) if name == "Barrier" else ()
    count = 20

    async def main():
        kept = [None] * count
        kind(*args)
        gc.collect()
        before = gc.mem_alloc()
        for n in range(count):
            kept[n] = kind(*args)
        gc.collect()
        cost = (gc.mem_alloc() - before) / count
        print(name, cost)
        assert cost <= LIMITS[name]
        for one in kept:
            if hasattr(one, "deinit"):
                one.deinit()

    run(core, main)
