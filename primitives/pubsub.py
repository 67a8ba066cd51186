"""Broker: who publishes need not know who listens. Topics, and agents that subscribe to them.

    broker = Broker()
    broker.subscribe("temperature", queue)
    broker.publish("temperature", 21)
"""

import re

from ..core.context import check_context, create_task, get_event_loop
from ..core.errors import CancelledError
from ..core.event import Event
from ..core.native import MICROPYTHON
from ..core.queue_errors import QueueClosed, QueueFull
from ..core.task import PENDING
from .launching import starts
from .queue import Queue, QueueShutDown


class Agent:
    """Base of subscribers of your own: write a `put(topic, message, *args)`."""

    def put(self, topic, message, *args):
        raise NotImplementedError("an Agent has a put(topic, message, *args) of its own")


class RegExp:
    """A topic that stands for all whose whole name matches the regular expression `re_str`."""

    def __init__(self, re_str):
        self.pattern = re_str
        if hasattr(re, "fullmatch"):
            self._match = re.compile(re_str).fullmatch  # CPython's `$` is true before a newline at the end, too
        else:
            self._match = re.compile("^(" + re_str + ")$").match

    def matching(self, topic):
        """Whether `topic`, a string, is meant."""
        return isinstance(topic, str) and self._match(topic) is not None

    def __eq__(self, other):
        return isinstance(other, RegExp) and other.pattern == self.pattern

    def __hash__(self):
        return hash(self.pattern)


class Broker(dict):
    """Topic -> its subscriptions. What is published is delivered in the order in which those were made.

    An agent is: a function or bound method, called with `(topic, message, *args)`; a coroutine function, started as a
    task with these; an Event, which is set; a Queue, RingbufQueue or ThreadSafeQueue, into which `(topic, message)` is
    put, with `args` as a third if there are any; a Message or ThreadSafeEvent, set; an Agent, whose `put` is called as
    a function is, or started as a task.
    A topic is any hashable object, or a RegExp for many strings. With nobody subscribed a message goes nowhere.

    An agent that raises does not keep the message from the others: it is reported to the loop's exception handler. One
    that is full loses a message, the new one or the oldest as its kind does, and `overflows` counts it; of a
    ThreadSafeQueue that drops items so do those that others lose at the same moment. `publish` and the others are for
    tasks of the loop; from threads and interrupts publish through a `Gate`.
    """

    Verbose = True  # print what upstream's broker prints: a second subscription, a full queue

    def __init__(self):
        super().__init__()
        self.overflows = 0
        self._patterns = []  # the topics that are a RegExp
        self._number = 0

    def subscribe(self, topic, agent, *args):
        """Have `agent` told of what is published under `topic`. ValueError: it is none, or `args` can't be hashed."""
        _check(agent, args)
        if _find(self.get(topic, ()), agent, args) is not None:
            self._say("duplicate subscription of " + _text(agent) + " to " + str(topic))
            return
        if topic not in self:
            self[topic] = []
            if isinstance(topic, RegExp) and topic not in self._patterns:
                self._patterns.append(topic)
        self._number += 1
        self[topic].append((self._number, agent, args))

    def unsubscribe(self, topic, agent, *args):
        """Undo `subscribe` with the same arguments. If there was none, that is said and nothing happens."""
        found = _find(self.get(topic, ()), agent, args)
        if found is None:
            self._say("no subscription of " + _text(agent) + " to " + str(topic))
            return
        self[topic].remove(found)
        if not self[topic]:
            del self[topic]
            if isinstance(topic, RegExp):
                self._patterns.remove(topic)

    def publish(self, topic, message=None):
        """Give `message` to all that subscribed to `topic`, in the order of their subscriptions."""
        check_context(None, "Broker.publish()")
        told = list(self.get(topic, ()))
        for pattern in self._patterns:
            if pattern.matching(topic):
                told += self.get(pattern, ())  # a dict's clear() and the like are known to the dict only
        if self._patterns:
            told.sort(key=_number)
        for _, agent, args in told:
            try:
                self._deliver(agent, topic, message, args)
            except (Exception, CancelledError) as exc:
                self.report(agent, topic, exc)

    def _deliver(self, agent, topic, message, args):
        if isinstance(agent, Event) or _is_signal(agent):
            if _takes_data(agent):
                agent.set((topic, message) + ((args,) if args else ()))
            else:
                agent.set()
        elif hasattr(agent, "put_nowait"):
            dropped = getattr(agent, "dropped", 0)
            try:
                agent.put_nowait((topic, message, args) if args else (topic, message))
            except (QueueFull, QueueClosed, QueueShutDown) as exc:
                self._lost(agent, topic, str(exc))
            else:
                if getattr(agent, "dropped", 0) != dropped:  # by its own rule, without an error
                    self._lost(agent, topic, "the queue is full and dropped an item")
        else:
            result = (agent.put if isinstance(agent, Agent) else agent)(topic, message, *args)
            if starts(result):
                create_task(result)

    def _lost(self, agent, topic, why):
        self.overflows += 1
        self._say(_text(agent) + ": " + why + ", topic " + str(topic))

    def report(self, agent, topic, exc):
        """Tell the loop's handler that what was published under `topic` has failed at `agent`."""
        loop = get_event_loop()
        text = "A subscriber to " + str(topic) + " failed: " + _text(agent)
        loop.call_exception_handler({"message": text, "exception": exc, "future": loop.current})

    def _say(self, text):
        if self.Verbose:
            print("Broker:", text)


def _text(agent):
    """`agent` in a message."""
    try:
        return str(agent)
    except Exception:  # the unix port shows what a closure holds, without an end if that is itself
        return "a " + type(agent).__name__


def _find(subscriptions, agent, args):
    for subscription in subscriptions:
        if subscription[1] == agent and subscription[2] == args:
            return subscription
    return None


def _number(subscription):
    return subscription[0]


def _is_signal(agent):
    return hasattr(agent, "set") and hasattr(agent, "is_set") and not hasattr(agent, "put_nowait")


def _takes_data(agent):
    return hasattr(agent, "reader")  # a Message


def _check(agent, args):
    if not (
        isinstance(agent, (Agent, Event, Queue)) or hasattr(agent, "put_nowait") or _is_signal(agent) or callable(agent)
    ) or isinstance(agent, type):
        raise ValueError(
            "an agent is a function, coroutine function, Event, queue, Message or Agent, not " + repr(agent)
        )
    try:
        hash(args)
    except TypeError:
        raise ValueError("the arguments of a subscription must be hashable: " + repr(args)) from None


class Gate:
    """Publishing from threads, the other core and interrupts, hard ones too: a task of the loop does it for them.

    | method | who may call | blocks | allocates on MicroPython |
    |---|---|---|---|
    | `publish(topic, message)` | any context, hard ISR included | never | nothing |
    | `lost` | any context | never | nothing |
    | `await run()` | one task of the broker's loop | until `close` | |
    | making it, `close()` | tasks, threads | never | |

    `publish` raises QueueFull when `size` messages wait or are being published, and `lost` counts those; QueueClosed
    after `close`. A topic that is none, for it can't be hashed, is reported to the loop's exception handler.
    """

    def __init__(self, broker, size=16):
        from ..threadsafe import ThreadSafeQueue
        from ..threadsafe.faults import fault

        self._broker = broker
        self._fault = fault
        self._queue = ThreadSafeQueue(size)
        self._free = ThreadSafeQueue(size)  # pairs that wait for a message: a hard interrupt can't make one
        for _ in range(size):
            self._free.put_sync([None, None])
        self._refused = ThreadSafeQueue(1, "drop_newest")  # always full: it counts for all contexts what it is given
        self._refused.put_sync(None)

    @property
    def lost(self):
        """How many messages were refused for want of room; on MicroPython modulo 2**29."""
        return self._refused.dropped

    def publish(self, topic, message=None):
        """Have `message` published under `topic`, soon. QueueFull, QueueClosed."""
        pair = self._free.try_get()
        if pair is PENDING:
            if self._queue.closed():
                raise self._fault(QueueClosed, "the gate was closed: nothing can be published through it any more")
            self._refused.put_sync(None)
            raise self._fault(QueueFull, "as many messages wait to be published as the gate holds")
        pair[0] = topic
        pair[1] = message
        try:
            self._queue.put_sync(pair)  # there is room: it has a slot for each pair
        except QueueClosed:
            self._free.put_sync(pair)
            raise

    async def run(self):
        """Publish what comes, until `close`."""
        async for pair in self._queue:
            try:
                self._broker.publish(pair[0], pair[1])
            except Exception as exc:
                self._broker.report(self, pair[0], exc)
            if not MICROPYTHON:  # there what is moved while another core collects garbage had better stay here, too
                pair[0] = pair[1] = None
            self._free.put_sync(pair)

    def close(self):
        """End `run` when what waits has been published."""
        self._queue.close()


broker = Broker()
