"""What the stores that are written in Python have in common: batches, item by item."""

from ..core.task import PENDING


class StoreBase:
    """Of a store that has `put` and `get`."""

    def put_many(self, items, start):
        count = start
        while count < len(items) and self.put(items[count]):
            count += 1
        return count - start

    def get_many(self, most):
        items = []
        while len(items) < most:
            item = self.get()
            if item is PENDING:
                break
            items.append(item)
        return items
