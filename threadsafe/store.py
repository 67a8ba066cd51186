"""What a ThreadSafeQueue holds: as many items as there is room for, first in first out. Any context; never blocks.

Three implementations with the same methods: `store.pyx` for CPython compiled, `store_cpython` uncompiled, and
`store_micropython`.
"""

from ..core.native import MICROPYTHON

if MICROPYTHON:
    from .store_micropython import Store
else:
    from .store_cpython import Store


def make(buf):
    """A store in `buf`, or of `buf` items if that is a number."""
    return Store([None] * buf if isinstance(buf, int) else buf)
