"""A soak: items through every form of queue for as long as you like, with cancels, timeouts and closes.

    python tests/soak --items 1e8            a night
    python tests/soak --seconds 60 --plain   a minute, uncompiled

It goes in rounds. In each some producers put numbers into one queue and some consumers take them; each is a thread, or
a task of one of several loops, twincore's or asyncio's. Some rounds are calm: no timer runs and nobody gives up, so a
lost wake-up hangs. In some consumers are cancelled for good, and the others have to be woken in their place. In some
tasks are cancelled and begun again, operations time out, and the queue may be closed while they go on. After each round
every number that was put has to have come out once, or to be counted as dropped, and each producer's in order at each
consumer. Locks, semaphores and conditions are soaked as the queues that are made of them. A round's seed decides
capacities, operations, cancels, timeouts and closes, and is printed if it fails; the interleaving is the machine's own.

| module | holds |
|---|---|
| `forms` | which queues there are, who puts into them and who takes |
| `ledger` | what was put and what was taken, and whether that fits |
| `actors` | one producer or consumer, in a thread or in a task |
| `hosts` | the loops in which tasks run |
| `made` | queues made of a lock, semaphores, conditions |
| `rounds` | one round |
| `run` | round after round, and memory |
| `command` | the command line and its table |
"""
