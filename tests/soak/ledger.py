"""What was put and what was taken."""

NUMBERS = 1 << 32  # of one producer: an item is its index times this, plus a number


class Failure(AssertionError):
    """The queue did what it must not."""


class Producer:
    """What one producer has put: all numbers below `sent`. Outlives its task, which may be cancelled and replaced."""

    def __init__(self, index, count):
        self.first = index * NUMBERS
        self.count = count
        self.sent = 0

    def batch(self, most):
        """The next items, `most` at most."""
        begin = self.first + self.sent
        return list(range(begin, begin + min(most, self.count - self.sent)))


class Consumer:
    """What one consumer took: `taken` items, and the number after the last one of each producer."""

    def __init__(self, producers, seen):
        self.taken = 0
        self.wanted = [0] * producers
        self.seen = seen  # by producer, a byte for each number; shared: of two consumers, each writes its own numbers

    def take(self, item):
        index, number = divmod(item, NUMBERS)
        if number < self.wanted[index]:
            raise Failure(f"number {number} of producer {index} came after number {self.wanted[index] - 1}")
        self.wanted[index] = number + 1
        self.seen[index][number] += 1
        self.taken += 1


class Ledger:
    """All producers and consumers of a round."""

    def __init__(self, producing, consuming, each):
        self.seen = [bytearray(each) for _ in range(producing)]
        self.producers = [Producer(index, each) for index in range(producing)]
        self.consumers = [Consumer(producing, self.seen) for _ in range(consuming)]

    def sent(self):
        return sum(producer.sent for producer in self.producers)

    def taken(self):
        return sum(consumer.taken for consumer in self.consumers)

    def check(self, dropped, may_drop):
        """Failure unless everything that was put came out once, or was one of `dropped` items."""
        for index, (producer, seen) in enumerate(zip(self.producers, self.seen, strict=True)):
            wanted = bytes([1]) * producer.sent + bytes(len(seen) - producer.sent)
            if seen == wanted:
                continue
            for number, (times, should) in enumerate(zip(seen, wanted, strict=True)):
                if times != should and not (may_drop and times < should):
                    raise Failure(f"number {number} of producer {index} came {times} times, not {should}")
        if self.taken() + dropped != self.sent() or (dropped and not may_drop):
            raise Failure(f"{self.sent()} items were put, {self.taken()} were taken and {dropped} dropped")
