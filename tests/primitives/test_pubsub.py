"""Broker: every kind of agent, in the order of their subscriptions; one that fails or is full harms no other."""

import pytest

from support import CPYTHON, RP2, run, start_thread


async def settle(core, turns=4):
    for _ in range(turns):
        await core.sleep(0)


def quiet(primitives):
    broker = primitives.Broker()
    broker.Verbose = False
    return broker


@pytest.mark.rp2040
def test_every_kind_of_agent_is_told(core, primitives, threadsafe):
    broker = quiet(primitives)
    log = []

    class Own(primitives.Agent):
        def put(self, topic, message, *args):
            log.append(("agent", topic, message, args))

        def method(self, topic, message):
            log.append(("method", topic, message))

    def function(topic, message, *args):
        log.append(("function", topic, message, args))

    async def coroutine(topic, message):
        log.append(("coroutine", topic, message))

    async def main():
        event, late = core.Event(), threadsafe.ThreadSafeEvent()
        queue, ring, safe = primitives.Queue(), primitives.RingbufQueue(4), threadsafe.ThreadSafeQueue(4)
        message = threadsafe.Message()
        own = Own()
        for agent in (function, coroutine, event, late, queue, ring, safe, message, own, own.method):
            broker.subscribe("topic", agent)
        broker.subscribe("topic", queue, 1, 2)
        broker.subscribe("topic", function, "arg")
        broker.publish("topic", "text")
        broker.publish("other", "lost")
        await settle(core)
        assert event.is_set() and late.is_set()
        assert queue.get_nowait() == ("topic", "text") and queue.get_nowait() == ("topic", "text", (1, 2))
        assert ring.get_nowait() == safe.get_sync() == ("topic", "text")
        assert message.value() == ("topic", "text")

    run(core, main)
    assert log == [
        ("function", "topic", "text", ()),
        ("agent", "topic", "text", ()),
        ("method", "topic", "text"),
        ("function", "topic", "text", ("arg",)),
        ("coroutine", "topic", "text"),
    ]


def test_in_the_order_of_subscriptions_until_they_end(core, primitives):
    broker = quiet(primitives)
    log = []
    agents = [lambda topic, message, n=n: log.append(n) for n in range(20)]

    async def main():
        for agent in agents:
            broker.subscribe("t", agent)
            broker.subscribe("t", agent)  # twice is once
        broker.publish("t")
        assert log == list(range(20))
        log.clear()
        for agent in agents[1:]:
            broker.unsubscribe("t", agent)
        broker.publish("t")
        assert log == [0]
        broker.unsubscribe("t", agents[0])
        broker.unsubscribe("t", agents[0])
        assert "t" not in broker

    run(core, main)


def test_a_regular_expression_means_the_whole_topic(core, primitives):
    """Upstream's matches the beginning, and unsubscribing needs the same object."""
    broker = quiet(primitives)
    log = []

    def agent(topic, message):
        log.append(topic)

    async def main():
        broker.subscribe(primitives.RegExp("temp.*|light"), agent)
        for topic in ("temp", "temperature", "light", "lighter", "attempt", 5):
            broker.publish(topic)
        assert log == ["temp", "temperature", "light"]
        order = []
        broker.subscribe("light", lambda topic, message: order.append("exact"))
        broker.subscribe(primitives.RegExp("li.*"), lambda topic, message: order.append("pattern"))
        broker.subscribe("light", lambda topic, message: order.append("exact again"))
        broker.publish("light")
        assert order == ["exact", "pattern", "exact again"]
        log.clear()
        broker.unsubscribe(primitives.RegExp("temp.*|light"), agent)
        broker.publish("temp")
        assert log == []

    run(core, main)


def test_it_is_a_dict_and_may_be_cleared_as_one(core, primitives):
    broker = quiet(primitives)
    log = []

    def agent(topic, message):
        log.append(message)

    async def main():
        for n in range(2):
            broker.subscribe(primitives.RegExp("t.*"), agent)
            broker.publish("temp", n)
            broker.clear()
            broker.publish("temp", "to nobody")

    run(core, main)
    assert log == [0, 1]


def test_one_that_fails_is_reported_and_the_others_are_told(core, primitives):
    broker = quiet(primitives)
    said, log = [], []

    async def main():
        core.get_event_loop().set_exception_handler(lambda loop, context: said.append(context))
        broker.subscribe("t", lambda topic, message: 1 // 0)
        broker.subscribe("t", finds_a_task_cancelled)
        broker.subscribe("t", lambda topic, message: log.append(message))
        broker.publish("t", 1)
        assert log == [1]
        assert isinstance(said[0]["exception"], ZeroDivisionError) and "t failed" in said[0]["message"]
        assert isinstance(said[1]["exception"], core.CancelledError)

    def finds_a_task_cancelled(topic, message):
        raise core.CancelledError

    run(core, main)


def test_one_that_fails_and_refers_to_itself_is_reported_too(core, primitives):
    """The unix port shows a closure with what it holds, which has no end here."""
    broker = quiet(primitives)
    said, log = [], []

    async def main():
        core.get_event_loop().set_exception_handler(lambda loop, context: said.append(context["message"]))

        def once(topic, message):
            broker.unsubscribe("t", once)
            raise ValueError("once")

        broker.subscribe("t", once)
        broker.subscribe("t", lambda topic, message: log.append(message))
        broker.publish("t", 1)
        broker.publish("t", 2)
        broker.Verbose = True
        broker.unsubscribe("t", once)  # which says that there was none

    run(core, main)
    assert log == [1, 2] and len(said) == 1 and "t failed" in said[0]


def test_the_put_of_an_agent_may_be_a_coroutine_function(core, primitives):
    broker = quiet(primitives)
    log = []

    class Agent(primitives.Agent):
        async def put(self, topic, message, *args):
            await core.sleep(0)
            log.append((topic, message, args))

    async def main():
        broker.subscribe("t", Agent(), 3)
        broker.publish("t", 1)
        await core.sleep_ms(5)

    run(core, main)
    assert log == [("t", 1, (3,))]


def test_what_a_full_queue_loses_is_counted(core, primitives):
    broker = quiet(primitives)

    async def main():
        queue, ring = primitives.Queue(1), primitives.RingbufQueue(1)
        for agent in (queue, ring):
            broker.subscribe("t", agent)
        broker.publish("t", "old")
        assert broker.overflows == 0
        broker.publish("t", "new")
        assert broker.overflows == 2
        assert queue.get_nowait() == ("t", "old") and ring.get_nowait() == ("t", "new")

    run(core, main)


@pytest.mark.parametrize("policy", ["drop_oldest", "drop_newest"])
def test_what_a_queue_drops_without_an_error_is_counted(core, primitives, threadsafe, policy):
    broker = quiet(primitives)

    async def main():
        queue = threadsafe.ThreadSafeQueue(1, policy)
        broker.subscribe("t", queue)
        broker.publish("t", "old")
        assert broker.overflows == 0
        broker.publish("t", "new")
        assert broker.overflows == 1
        assert queue.get_sync() == ("t", "old" if policy == "drop_newest" else "new")

    run(core, main)


def test_a_newline_at_the_end_belongs_to_the_topic(primitives):
    """CPython's `$` is true before it, too."""
    assert not primitives.RegExp("temp|light").matching("light\n")
    assert primitives.RegExp("temp|light").matching("light")


@pytest.mark.cpython
def test_a_newline_at_the_end_belongs_to_the_topic_on_the_simulated_board(tmp_path):
    """Its `re` is MicroPython's, which has no fullmatch."""
    import subprocess
    import sys

    script = tmp_path / "app.py"
    script.write_text(
        "from twincore.primitives import RegExp\n"
        "print([RegExp('temp|light').matching(topic) for topic in ('temp', 'light\\n', 'light')])\n"
    )
    command = [sys.executable, "-m", "twincore.desktop", "run", str(script)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (result.stdout, result.stderr) == ("[True, False, True]\n", "")


def test_threads_publish_through_a_gate(core, primitives):
    broker = quiet(primitives)
    log = []

    async def main():
        gate = primitives.Gate(broker, 2)
        broker.subscribe("t", lambda topic, message: log.append(message))
        task = core.create_task(gate.run())
        start_thread(gate.publish, "t", "from a thread")
        while not log:
            await core.sleep_ms(1)
        gate.publish("t", 1)
        gate.publish("t", 2)
        with pytest.raises(primitives.QueueFull):
            gate.publish("t", 3)
        assert gate.lost == 1
        gate.close()
        await task
        assert log == ["from a thread", 1, 2]

    run(core, main)


class Interrupt:
    """What the interrupt calls; made before, as a hard one allocates nothing."""

    def __init__(self, gate, count):
        self.gate = gate
        self.number = 0
        self.count = count
        self.refused = 0
        self.failed = None

    def on_edge(self, pin):
        if self.number < self.count:
            try:
                self.gate.publish("edge", self.number)
            except IndexError:
                self.refused += 1
            except BaseException as error:
                self.failed = error
            self.number += 1


@pytest.mark.rp2040(seeds=2)
@pytest.mark.parametrize("room", [60, 2])
def test_interrupts_publish_through_a_gate(core, primitives, threadsafe, room):
    """On the board a hard pin interrupt, driven by PWM through the wire from pin 2 to pin 3; elsewhere a thread."""
    broker = quiet(primitives)
    broker.subscribe("edge", lambda topic, message: log.append(message))
    log, count = [], 60

    def play_edges(source):
        while source.number < count:
            source.on_edge(None)

    async def main():
        gate = primitives.Gate(broker, room)
        source = Interrupt(gate, count)
        on_edge = source.on_edge
        task = core.create_task(gate.run())
        if RP2:
            from machine import PWM, Pin

            pin = Pin(3, Pin.IN)
            pin.irq(on_edge, Pin.IRQ_RISING, hard=True)
            pwm = PWM(Pin(2), freq=1500, duty_u16=32768)
        else:
            player = start_thread(play_edges, source)
        while source.number < count:
            await core.sleep_ms(1)
        if RP2:
            pwm.deinit()
            pin.irq(None)
        else:
            player.join()
        gate.close()
        await task
        assert source.failed is None, repr(source.failed)
        assert gate.lost == source.refused and len(log) + gate.lost == count
        assert log == sorted(log) and (room == 2 or not gate.lost)
        for _ in range(2 * room):  # the pairs come back
            with pytest.raises(threadsafe.QueueClosed, match="closed"):
                gate.publish("edge", 0)

    run(core, main, limit=30)


def test_a_topic_that_is_none_does_not_end_a_gate(core, primitives):
    broker = quiet(primitives)
    log, said = [], []

    async def main():
        core.get_event_loop().set_exception_handler(lambda loop, context: said.append(context["exception"]))
        broker.subscribe("t", lambda topic, message: log.append(message))
        gate = primitives.Gate(broker, 4)
        task = core.create_task(gate.run())
        gate.publish([], 1)
        gate.publish("t", 2)
        await settle(core)
        assert log == [2] and not task.done()
        if CPYTHON:  # MicroPython may find no such key without asking for its hash
            assert [type(exc) for exc in said] == [TypeError]
        gate.close()
        await task

    run(core, main)


def test_what_is_no_agent_is_refused(primitives):
    broker = quiet(primitives)
    for bad in (None, 1, "name", [], primitives.Queue):
        with pytest.raises(ValueError, match="an agent is"):
            broker.subscribe("t", bad)
    with pytest.raises(ValueError, match="hashable"):
        broker.subscribe("t", print, [])
    with pytest.raises(NotImplementedError):
        primitives.Agent().put("t", 1)
