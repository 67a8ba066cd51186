"""One producer or consumer of a queue, in a thread or a task, which does each operation in one of the form's ways."""

LONGEST_BATCH = 100
SPECIAL = 40  # in a wild round, one operation in so many, on average, has a short timeout


class Actors:
    """Those of one round: `queue`, the form's `ways`, `wild` or not. Methods end at the end of the count, or closed."""

    def __init__(self, core, threadsafe, queue, form, wild):
        self.TimeoutError = core.TimeoutError
        self.closed = threadsafe.QueueClosed
        self.full = threadsafe.QueueFull
        self.empty = threadsafe.QueueEmpty
        self.queue = queue
        self.ways = form.ways
        self.joined = form.joined
        # To a queue with overflow="block" nobody says that a put may wait.
        self.block = None if form.overflow == "block" else True
        self.wild = wild
        self.timeouts = 0  # of several threads, not locked: about so many
        self.cancels = 0

    def cancelled(self):
        self.cancels += 1

    def plan(self, rng):
        """For each operation, its way, and None or a short timeout in seconds."""
        while True:
            for _ in range(rng.randrange(2 * SPECIAL) if self.wild else 1000):
                yield rng.choice(self.ways) if len(self.ways) > 1 else self.ways[0], None
            if self.wild:
                yield rng.choice(self.ways), rng.randrange(3) / 1000

    def take(self, consumer, items):
        for item in items:
            consumer.take(item)
            if self.joined:
                self.queue.task_done()

    def put_in_thread(self, producer, rng):
        queue, plan = self.queue, self.plan(rng)
        while producer.sent < producer.count:
            way, timeout = next(plan)
            try:
                if way == "batch":
                    batch = producer.batch(rng.randint(1, LONGEST_BATCH))
                    count = queue.put_many_sync(batch, True, timeout)
                    producer.sent += count
                    self.timeouts += count < len(batch) and not queue.closed()
                    continue
                item = producer.first + producer.sent
                if way == "nowait":
                    try:
                        queue.put_nowait(item)
                        producer.sent += 1
                        continue
                    except self.full:
                        pass
                queue.put_sync(item, self.block, timeout)
                producer.sent += 1
            except self.TimeoutError:
                self.timeouts += 1
            except self.closed:
                break

    def get_in_thread(self, consumer, rng):
        queue, plan = self.queue, self.plan(rng)
        while True:
            way, timeout = next(plan)
            try:
                if way == "batch":
                    self.take(consumer, queue.get_many_sync(rng.randint(1, LONGEST_BATCH), True, timeout))
                    continue
                if way == "nowait":
                    try:
                        self.take(consumer, (queue.get_nowait(),))
                        continue
                    except self.empty:
                        pass
                self.take(consumer, (queue.get_sync(True, timeout),))
            except self.TimeoutError:
                self.timeouts += 1
            except self.closed:
                return

    async def put_in_task(self, producer, rng):
        queue, plan = self.queue, self.plan(rng)
        while producer.sent < producer.count:
            way, timeout = next(plan)
            try:
                if way == "batch":
                    put = queue.put_many(producer.batch(rng.randint(1, LONGEST_BATCH)), timeout)
                    try:
                        await put
                    finally:  # cancelled it leaves in what it has added
                        producer.sent += put.count
                    self.timeouts += put.count < len(put.items) and not queue.closed()
                    continue
                item = producer.first + producer.sent
                if way == "nowait":
                    try:
                        queue.put_nowait(item)
                        producer.sent += 1
                        continue
                    except self.full:
                        pass
                await queue.put(item, timeout)
                producer.sent += 1
            except self.TimeoutError:
                self.timeouts += 1
            except self.closed:
                break

    async def get_in_task(self, consumer, rng):
        queue, plan = self.queue, self.plan(rng)
        way, _ = next(plan)
        if rng.random() < 0.3:
            if way == "batch":
                async for items in queue.batches(rng.randint(1, LONGEST_BATCH)):
                    self.take(consumer, items)
            else:
                async for item in queue:
                    self.take(consumer, (item,))
            return
        while True:
            way, timeout = next(plan)
            try:
                if way == "batch":
                    self.take(consumer, await queue.get_many(rng.randint(1, LONGEST_BATCH), timeout))
                    continue
                if way == "nowait":
                    try:
                        self.take(consumer, (queue.get_nowait(),))
                        continue
                    except self.empty:
                        pass
                self.take(consumer, (await queue.get(timeout),))
            except self.TimeoutError:
                self.timeouts += 1
            except self.closed:
                return
