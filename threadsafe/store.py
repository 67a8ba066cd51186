"""What a ThreadSafeQueue holds: as many items as there is room for, first in first out. Any context; never blocks.

Three implementations with the same methods: `store.pyx` for CPython compiled, `store_cpython` uncompiled, and
`store_micropython` (for lists; `store_arrays_micropython` for other buffers).
"""

from ..core.lazy import above
from ..core.native import MICROPYTHON

if MICROPYTHON:
    from .store_micropython import Store
else:
    from .store_cpython import Store


def make(buf):
    """A store in `buf`, or of `buf` items if that is a number."""
    if isinstance(buf, int):
        buf = [None] * buf
    elif MICROPYTHON and not isinstance(buf, list):
        return above("threadsafe.store_arrays_micropython", "ArrayStore")(buf)
    return Store(buf)
