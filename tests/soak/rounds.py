"""One round: a queue, those who use it, and whether all came out that should."""

import faulthandler
import random
import threading
from array import array
from functools import partial

from .actors import Actors
from .hosts import HOSTS, host
from .ledger import Failure, Ledger
from .made import MADE

STUCK = 60  # seconds without an item
ROUND = 0.3  # seconds that a round is meant to take


def make_queue(core, threadsafe, form, kind, capacity):
    """The form's queue; `kind` says what holds its items."""
    if form.make in MADE:
        return MADE[form.make](core, threadsafe, capacity)
    buf = capacity if kind == "objects" else array("Q", bytes(8 * capacity))
    return getattr(threadsafe, form.make)(buf, form.overflow)


class Round:
    """One queue of `form`, about `count` items through it. `make` as make_queue."""

    def __init__(self, core, threadsafe, form, kind, count, seed, make=make_queue):
        self.core = core
        self.form = form
        self.random = rng = random.Random(seed)
        mood = rng.random()
        self.wild = mood < 0.4
        # Consumers leave. One that is cancelled and begun again finds what it had been woken for; for one that leaves
        # somebody else has to be woken, and no timer helps.
        self.leaving = mood > 0.7
        self.early = self.wild and rng.random() < 0.4
        capacity = rng.choice((1, 2, 7, 64, 1024))
        self.queue = make(core, threadsafe, form, kind, capacity)
        producing = form.threads[0] + sum(puts for puts, _, _ in form.loops)
        consuming = form.threads[1] + sum(gets for _, gets, _ in form.loops)
        if capacity < 7:
            count //= 10  # each item is a switch of threads
        self.ledger = Ledger(producing, consuming, max(1, count // producing))
        self.actors = Actors(core, threadsafe, self.queue, form, self.wild)
        self.produced = threading.Semaphore(0)
        self.ended = threading.Semaphore(0)
        self.errors = []

    def put_in_thread(self, producer, rng):
        self.actors.put_in_thread(producer, rng)
        self.produced.release()

    async def put_in_task(self, producer, rng):
        await self.actors.put_in_task(producer, rng)
        self.produced.release()

    def join_in_thread(self, rng):
        self.queue.join_sync()
        self.check_joined()

    async def join_in_task(self, rng):
        await self.queue.join()
        self.check_joined()

    def check_joined(self):
        """All that was put before `join` is done."""
        done = self.ledger.taken() + self.queue.dropped
        if done != self.ledger.sent():
            raise Failure(f"join returned when {done} of {self.ledger.sent()} items were done")

    def run_loop(self, whose, leavers, parts, rng):
        loop = HOSTS[whose](self.core)
        functions = [partial(function, *args, rng) for function, *args in parts]
        loop.run(host(loop, functions, rng, self.wild, leavers, self.actors.cancelled))

    def start(self, function, *args):
        def run():
            try:
                function(*args, random.Random(seed))
            except BaseException as error:
                self.errors.append(error)
                for _ in self.ledger.producers:
                    self.produced.release()
                self.queue.close()
            finally:
                self.ended.release()

        seed = self.random.random()
        threading.Thread(target=run, daemon=True).start()
        return 1

    def play(self):
        """Let them all run until nothing is left."""
        producers, consumers = list(self.ledger.producers), list(self.ledger.consumers)
        started = 0
        for _ in range(self.form.threads[0]):
            started += self.start(self.put_in_thread, producers.pop())
        for _ in range(self.form.threads[1]):
            started += self.start(self.actors.get_in_thread, consumers.pop())
        for puts, gets, whose in self.form.loops:
            parts = [(self.actors.get_in_task, consumers.pop()) for _ in range(gets)]
            parts += [(self.put_in_task, producers.pop()) for _ in range(puts)]
            started += self.start(self.run_loop, whose, max(0, gets - 1) if self.leaving else 0, parts)
        if self.early:
            self.produced.acquire(timeout=self.random.random() * ROUND / 2)
        else:
            for _ in self.ledger.producers:
                self.wait_for(self.produced)
            if self.form.joined and not self.errors:
                self.join()
        self.queue.close()
        for _ in range(started):
            self.wait_for(self.ended)

    def join(self):
        """Return when all is done, to whoever waits for that."""
        started = self.start(self.join_in_thread)
        for whose in ("twincore", "asyncio"):
            started += self.start(self.run_loop, whose, 0, [(self.join_in_task,)] * 2)
        for _ in range(started):
            self.wait_for(self.ended)
        for _ in range(started):
            self.ended.release()  # for the count of all

    def wait_for(self, semaphore):
        """Acquire; Failure if nothing moves any more."""
        before = -1
        while not semaphore.acquire(timeout=STUCK):
            now = self.ledger.taken() + self.ledger.sent()
            if now == before:
                faulthandler.dump_traceback(all_threads=True)
                sent = [producer.sent for producer in self.ledger.producers]
                raise Failure(
                    f"stuck for {STUCK} s: {self.ledger.taken()} taken of {sent}, {self.queue.qsize()} in the queue"
                    f"{''.join('; ' + repr(error) for error in self.errors)}"
                )
            before = now

    def check(self):
        """Everything that was put came out once, or is one of those that the policy dropped."""
        if self.errors:
            raise self.errors[0]
        self.ledger.check(self.queue.dropped, self.form.overflow.startswith("drop"))
        if not self.early and self.ledger.sent() != sum(producer.count for producer in self.ledger.producers):
            raise Failure("a producer gave up")
        if self.queue.qsize() or not self.queue.closed():
            raise Failure("the queue is not empty and closed at its end")
        if self.form.joined and self.queue.unfinished:
            raise Failure(f"{self.queue.unfinished} items are said to be unfinished")
        if self.form.make in MADE:
            self.queue.check()
