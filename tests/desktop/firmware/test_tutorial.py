"""Programs in the manner of the tutorial of micropython-async, from their imports to what they print."""

import pytest


def wired(new_world, tmp_path, source, *links, kind="pyboard"):
    """Run `source` on a board with these pins wired, each as "X1:X2". What it printed, in lines."""
    world = new_world(kind)
    for link in links:
        first, second = link.split(":")
        world.board.line(first).link(world.board.line(second))
    script = tmp_path / "main.py"
    script.write_text(source)
    code = world.run(script)
    assert code == 0, "".join(world.printed)
    return "".join(world.printed).splitlines()


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("primitives.aadc", "AADC"),
        ("primitives.barrier", "Barrier"),
        ("primitives.broker", "Broker"),
        ("primitives.condition", "Condition"),
        ("primitives.delay_ms", "Delay_ms"),
        ("primitives.encoder", "Encoder"),
        ("primitives.esp32_touch", "ESP32Touch"),
        ("primitives.events", "WaitAny"),
        ("primitives.irq_event", "IRQ_EVENT"),
        ("primitives.message", "Message"),
        ("primitives.pushbutton", "Pushbutton"),
        ("primitives.queue", "QueueEmpty"),
        ("primitives.ringbuf_queue", "RingbufQueue"),
        ("primitives.semaphore", "BoundedSemaphore"),
        ("primitives.sw_array", "SwArray"),
        ("primitives.switch", "Switch"),
        ("primitives.threadsafe_queue", "ThreadSafeQueue"),
        ("threadsafe", "Context"),
        ("threadsafe.context", "Context"),
        ("threadsafe.message", "Message"),
        ("threadsafe.threadsafe_event", "ThreadSafeEvent"),
        ("threadsafe.threadsafe_queue", "ThreadSafeQueue"),
        ("uasyncio", "ThreadSafeFlag"),
    ],
)
def test_what_upstream_has_is_found_where_upstream_has_it(run, module, name):
    source = f"import {module}\nfrom {module} import {name}\nprint(type({name}).__name__ in ('type', 'function'))\n"
    assert run(source).lines == ["True"]


def test_an_upstream_module_has_our_classes_and_does_what_it_hides_does(run):
    source = """
import primitives.broker, primitives.esp32_touch
from primitives import broker, Broker
from threadsafe import ThreadSafeEvent
from threadsafe.threadsafe_event import ThreadSafeEvent as same
broker.subscribe("topic", print)
broker.publish("topic", "heard")
print(isinstance(broker.broker, Broker), primitives.broker is broker)
print(ThreadSafeEvent is same, primitives.esp32_touch.ESP32Touch is primitives.ESP32Touch)
"""
    assert run(source).lines == ["topic heard", "True True", "True True"]


def test_a_folder_of_the_application_adds_to_a_package_of_that_name(run, tmp_path):
    for name in ("primitives/tests/one.py", "lib/threadsafe/tests/two.py"):
        path = tmp_path / name
        path.parent.mkdir(parents=True)
        text = "from primitives import Queue\nfrom threadsafe import Message\nprint(__name__.split('.')[-1])\n"
        path.write_text(text)
    source = """
import primitives.tests.one
from threadsafe.tests import two
from primitives.delay_ms import Delay_ms
print(primitives.tests.one.Queue is primitives.Queue, two.Message.__name__)
"""
    assert run(source).lines == ["one", "two", "True Message"]


def test_a_package_of_the_applications_own_takes_the_place_of_ours(run, tmp_path):
    (tmp_path / "primitives").mkdir()
    (tmp_path / "primitives" / "__init__.py").write_text("mine = True\n")
    (tmp_path / "primitives" / "queue.py").write_text("Queue = 'mine too'\n")
    source = "import primitives\nfrom primitives.queue import Queue\nprint(primitives.mine, Queue)\n"
    assert run(source).lines == ["True mine too"]


def test_a_hard_interrupt_a_timer_and_two_tasks(new_world, tmp_path):
    source = """
import uasyncio as asyncio
from machine import Pin
from pyb import Timer
from primitives.irq_event import IRQ_EVENT

edge, tick = IRQ_EVENT(), asyncio.ThreadSafeFlag()
out = Pin("X3", Pin.OUT, value=0)
Pin("X4", Pin.IN).irq(lambda pin: edge.set(), Pin.IRQ_FALLING, hard=True)

async def ticks():
    for level in (1, 0, 1, 0):
        await tick.wait()
        print("tick", level)
        out(level)

async def main():
    task = asyncio.create_task(ticks())
    Timer(2, freq=20, callback=lambda timer: tick.set())
    for number in range(2):
        await edge.wait()
        print("edge", number)
    await task

asyncio.run(main())
"""
    assert wired(new_world, tmp_path, source, "X3:X4") == [
        "tick 1", "tick 0", "edge 0", "tick 1", "tick 0", "edge 1",
    ]


def test_a_thread_an_isr_and_a_uart_feed_one_application(new_world, tmp_path):
    source = """
import asyncio, _thread, time
from machine import UART
from pyb import Timer
from primitives import Delay_ms
from threadsafe import Message, ThreadSafeQueue
from threadsafe.context import Context

uart = UART(4, 9600, timeout=0)
squares = ThreadSafeQueue(4)
held = Delay_ms(duration=300)

def worker(n):
    for each in range(n):
        squares.put_sync(each * each, block=True)
        time.sleep_ms(10)

async def lines():
    reader = asyncio.StreamReader(uart)
    while True:
        print("line", await reader.readline())

def slow(a, *, b):
    time.sleep_ms(500)
    return a + b

async def main():
    task = asyncio.create_task(lines())
    timer = Timer(3, freq=10, callback=lambda timer: held.trigger())
    writer = asyncio.StreamWriter(uart, {})
    _thread.start_new_thread(worker, (3,))
    total = 0
    async for square in squares:
        total += square
        if square == 4:
            break
    await writer.awrite("sum %d\\n" % total)
    print("slow", await Context().assign(slow, 1, b=2), held())
    timer.deinit()
    await held.wait()
    print("not held any more")
    task.cancel()

asyncio.run(main())
"""
    assert wired(new_world, tmp_path, source, "X1:X2") == ["line b'sum 5\\n'", "slow 3 True", "not held any more"]


def test_a_device_of_the_applications_that_is_written_and_read_a_character_at_a_time(new_world, tmp_path):
    source = """
import asyncio, io, pyb
POLL, READ, WRITE = const(3), const(1), const(4)

class Slow(io.IOBase):
    def __init__(self):
        self.line = bytearray(20)
        self.end = 0
        self.letters = "pq\\n"
        self.busy = True
        pyb.Timer(7, freq=50, callback=self.tick)

    def tick(self, timer):
        self.busy = False

    def ioctl(self, request, flags):
        return -1 if request != POLL else 0 if self.busy else flags & (READ | WRITE)

    def write(self, buf):
        self.line[self.end] = buf[0]
        self.end += 1
        self.busy = True
        return 1

    def readline(self):
        letter, self.letters = self.letters[0], self.letters[1:]
        self.busy = True
        return letter

async def main():
    device = Slow()
    await asyncio.StreamWriter(device, {}).awrite("all of it\\n")
    print(bytes(device.line[:device.end]))
    print(await asyncio.StreamReader(device).readline())

asyncio.run(main())
"""
    assert wired(new_world, tmp_path, source) == ["b'all of it\\n'", "b'pq\\n'"]


def test_awaitables_of_the_dialect(run):
    source = """
import asyncio

class Twice:
    def __init__(self, value):
        self.value = value
    def __iter__(self):
        for _ in range(2):
            yield from asyncio.sleep_ms(100)
        return 2 * self.value

class Later:
    def __iter__(self):
        return (await asyncio.wait_for_ms(doubled(4), 500))

async def doubled(n):
    return await Twice(n)

async def main():
    print(await Twice(21), await Later())
    try:
        await asyncio.wait_for_ms(doubled(1), 150)
    except asyncio.TimeoutError:
        print("too slow")

asyncio.run(main())
"""
    assert run(source).lines == ["42 8", "too slow"]


def test_a_voltage_goes_over_a_wire_to_who_waits_for_it(new_world, tmp_path):
    source = """
import asyncio, pyb
from machine import ADC
from primitives import AADC

async def up():
    dac = pyb.DAC(1, bits=12, buffering=True)
    for value in range(0, 4096, 64):
        dac.write(value)
        await asyncio.sleep_ms(20)

async def main():
    task = asyncio.create_task(up())
    adc = AADC(ADC(pyb.Pin.board.X1))
    adc.sense(normal=False)
    value = await adc(20000, 30000)
    print(20000 <= value <= 22000, adc.read_u16(True) == value)
    await task

asyncio.run(main())
"""
    assert wired(new_world, tmp_path, source, "X1:X5") == ["True True"]
