"""How many steps a second tasks take in turn, and that none is left out: the same file on every machine.

    twincore run examples/rate.py [--on cpython|micropython|rp2040]

Each task counts, and lets the others have their turn. What one step costs hardly grows with how many tasks there are.
"""

from twincore import core

TASKS = 3, 30, 100
SECONDS = 0.5


async def count(counts, n):
    while True:
        counts[n] += 1
        await core.sleep_ms(0)


async def measure(tasks):
    """Print the rate of so many tasks, which all have had as many turns, or one more."""
    counts = [0] * tasks
    running = [core.create_task(count(counts, n)) for n in range(tasks)]
    await core.sleep(SECONDS)
    for task in running:
        task.cancel()
    await core.gather(*running, return_exceptions=True)
    steps = sum(counts)
    assert max(counts) - min(counts) <= 1, counts
    print(tasks, "tasks:", int(steps / SECONDS), "steps a second,", int(1e9 * SECONDS / steps), "ns each")


async def main():
    for tasks in TASKS:
        await measure(tasks)
    print("all had their turn")


core.run(main())
