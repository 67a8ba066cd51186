"""The doorbell: the one door by which other contexts reach a context that sleeps (a scheduler, or a waiting thread).

A foreign context publishes its data, then rings with a *cell* that exists already:

    cell.state = ...        (1) data, (2) index or state
    bell.ring(cell)         (3) ring

The owner clears the bell, *then* looks at what was rung, and only then decides to sleep, with one more look between
"I am asleep" and sleeping. So of the two interleavings of a ring and a falling asleep

    ring before the last look: the look finds it, nobody sleeps
    ring after the last look:  the ringer finds "asleep" and wakes the sleeper

none loses a ring. A system call is made only to wake a sleeper.

| method | who may call | blocks | allocates |
|---|---|---|---|
| `ring(cell)` | any context: thread, other core, hard ISR, signal handler | never | never on MicroPython; CPython: the growth of a queue |
| `arm(cell)`, `disarm(cell)` | the owner | never | the growth of a list to more than ever before |
| `pending`: true if it was rung; then `answer()` | the owner | never | no |
| `sleep(timeout)` | the owner | up to `timeout` clock units (-1: no limit), or until rung | no |

Cells rung are answered in the order of ringing on CPython, in the order of arming on MicroPython. A ring uses up the
arming, and rings of a cell that has not been answered yet may count as one: a cell says that there is something, not how
much. Not for applications: they use the classes of `threadsafe`, which are built on this and nothing else.
"""

import sys

if sys.implementation.name != "micropython":
    from .doorbell_cpython import Doorbell
elif sys.platform in ("linux", "darwin", "win32"):
    from .doorbell_unix import Doorbell
else:
    from .doorbell_board import Doorbell  # noqa: F401
