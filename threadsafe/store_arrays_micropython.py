"""What a ThreadSafeQueue holds on MicroPython whose items are in an array, a bytearray or what is like one.

Loaded when one is made. Such a buffer refuses what is no number of its kind, and a critical section must not be left
open: so each item goes to a slot of that kind first, outside.
"""

from .store_micropython import Store


class ArrayStore(Store):
    """As Store. What the buffer does not take raises its error, and changes nothing."""

    def __init__(self, buf):
        Store.__init__(self, buf)
        self._model = buf[:1]  # anybody writes there, nobody reads it

    def put(self, item):
        self._model[0] = item
        return Store.put(self, item)

    def put_for(self, item, line):
        self._model[0] = item
        return Store.put_for(self, item, line)

    def replace(self, item):
        self._model[0] = item
        return Store.replace(self, item)
