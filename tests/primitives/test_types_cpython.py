"""What a type checker knows of primitives: of right uses the types, of wrong ones the mistake; and that it is so."""

import pytest

from twincore import primitives

from type_checking import Types

pytestmark = pytest.mark.cpython

HEAD = """
from __future__ import annotations
from array import array
from collections.abc import Callable
from typing import Any, Literal
from twincore import primitives
from twincore.core import Event, ThreadSafeFlag, create_task
from twincore.primitives.sw_array import CLOSE, LONG
from twincore.threadsafe import Message

class Pin:
    IRQ_RISING = 1
    def __call__(self, level: int | None = None) -> int: return 0
    def irq(self, handler: Callable[[Pin], object] | None, trigger: int = 3, hard: bool = False) -> None: ...

class ADC:
    def read_u16(self) -> int: return 0

class Reader(primitives.Agent):
    def put(self, topic: str, message: int) -> None: print(topic, message)

def beep() -> None: print()
def show(text: str, times: int = 1) -> None: print(text * times)
def turned(value: int, delta: int, scale: float = 1.0) -> None: print(value, delta)
def told(topic: str, message: int, place: str) -> None: print(topic, message, place)
async def measure(channel: int) -> float: return float(channel)

async def main(queue: primitives.Queue[int], pin: Pin, event: Event, flag: ThreadSafeFlag) -> None:
    message = Message[Any]()
    button = primitives.Pushbutton(pin)
    keys = primitives.Keyboard([pin], [pin])
    array_ = primitives.SwArray([pin], [pin], CLOSE | LONG)
    condition = primitives.Condition()
    delay = primitives.Delay_ms(show, ("late",), duration=500)
    ring = primitives.RingbufQueue(array("H", [0] * 20))
    broker = primitives.broker
"""

KNOWN = {  # expression: its type
    "await queue.get()": "int",
    "queue.get_nowait()": "int",
    "primitives.PriorityQueue[tuple[int, str]]()": "PriorityQueue[tuple[int, str]]",
    "await primitives.LifoQueue[str](3).get()": "str",
    "await ring.get()": "int",
    "[item async for item in ring]": "list[int]",
    "ring.peek()": "int",
    "primitives.RingbufQueue(bytearray(20))": "RingbufQueue[int]",
    "primitives.RingbufQueue([0] * 20)": "RingbufQueue[int]",
    "await primitives.Semaphore().acquire()": "Literal[True]",
    "await primitives.BoundedSemaphore(3).__aenter__()": "BoundedSemaphore",
    "await primitives.Barrier(3)": "int",
    "await primitives.Barrier(3).wait()": "int",
    "primitives.Barrier(3).result()": "None",
    "primitives.Barrier(3, divmod, (7, 2)).result()": "tuple[int, int] | None",
    "primitives.Barrier(3, measure, (1,)).result()": "Task[float] | None",
    "await condition.wait_for(lambda: [1])": "list[int]",
    "await condition": "Condition",
    "await delay.wait()": "Literal[True]",
    "delay()": "bool",
    "await primitives.WaitAny((event, delay)).wait()": "Event | Delay_ms",
    "await primitives.WaitAny((event, delay, flag)).wait()": "Event | Delay_ms | ThreadSafeFlag",
    "primitives.WaitAny([event, event]).event()": "Event | None",
    "await primitives.WaitAny([event, delay]).wait()": "_EventLike",
    "await primitives.WaitAny((event, delay, flag, message, condition)).wait()": "_EventLike",
    "await primitives.WaitAll((event, primitives.WaitAny((flag, delay)))).wait()": "None",
    "await primitives.ELO(measure, 1)()": "float",
    "await primitives.ELO(create_task(measure(1)))()": "float",
    "primitives.launch(measure, (1,))": "Task[float]",
    "primitives.launch(divmod, (7, 2))": "tuple[int, int]",
    "await primitives.schedule(measure, 3, 1)": "float",
    "await primitives.schedule(divmod, 3, 7, 2)": "tuple[int, int]",
    "[code async for code in keys]": "list[int]",
    "[happened async for happened in array_]": "list[tuple[int, int]]",
    "array_[3]": "bool",
    "[value async for value in primitives.Encoder(pin, pin)]": "list[int]",
    "button.press": "Event | None",
    "primitives.EButton(pin).long": "Event",
    "await primitives.AADC(ADC())": "int",
    "await primitives.AADC(ADC())(100, 200)": "int",
    "await primitives.AsyncPin(lambda: 0).wait_edge()": "int",
    "await primitives.MillisecTimer()(30)": "None",
    "await primitives.StreamReaderTo(pin).readintotim(bytearray(9), 20)": "int",
    "primitives.ready(flag)()": "bool",
    "primitives.asyncio_running()": "bool",
}

RIGHT = [
    "level: Literal[0, 1] = primitives.Switch(pin)()",
    "level = await primitives.AsyncPin(pin, Pin.IRQ_RISING).wait_level(True)",
    "async with condition: condition.notify()",
    "with await condition: condition.notify()",
    "async with primitives.Semaphore() as semaphore: semaphore.locked()",
    "async with primitives.Barrier(2) as number: print(number + 1)",
    "primitives.Barrier(2).abort()",
    "delay.callback(measure, (1,))",
    "delay.callback(show, ('once', 2))",
    "delay.callback(print, ('a', 1))",
    "pin.irq(lambda _: delay.trigger())",
    "button.press_func(beep)",
    "button.press_func(None)",
    "button.long_func(False)",
    "button.double_func(button.long_func, (beep,))",
    "primitives.Switch(lambda: True).close_func(show, ('closed',))",
    "primitives.Encoder(pin, pin, callback=turned)",
    "primitives.Encoder(pin, pin, 0, 1, None, None, None, turned, (), 50)",
    "primitives.Encoder(pin, pin, callback=turned, args=(0.5,))",
    "primitives.PinCall(pin, cb_rise=beep, cb_fall=show, cbf_args=('fell',))",
    "primitives.PinCall(pin, cb_rise=show, cbr_args=('rose',), cb_fall=measure, cbf_args=(1,))",
    "broker.subscribe('t', told, 'garden')",
    "broker.subscribe(primitives.RegExp('t.*'), Reader())",
    "for agent in (queue, ring): broker.subscribe('t', agent)",
    "for signal in (event, flag, message): broker.subscribe('t', signal)",
    "broker.publish('t', 21)",
    "await primitives.Gate(broker).run()",
    "create_task(primitives.gc_task(100))",
    "primitives.LED_async(print).flash(2)",
]

WRONG = {  # statement: what is said of it
    "await queue.put('1')": 'has incompatible type "str"; expected "int"',
    "queue.put(1)": "must be used",  # no await
    "got: int = queue.get()": r'type "Coroutine\[Any, Any, int\]", variable has type "int"',
    "event_: Event = await primitives.WaitAny((event, delay)).wait()": r'type "Event \| Delay_ms"',
    "primitives.WaitAny(delay)": 'No overload variant of "WaitAny"',
    "primitives.WaitAny((event, 3))": 'cannot be "int"',
    "primitives.WaitAll((event, 3))": 'expected "Iterable',
    "primitives.Barrier(3, divmod, (7, '2'))": "incompatible type",
    "primitives.Barrier(3).wait()": "must be used",
    "condition.wait()": "must be used",
    "primitives.Condition(event)": 'has incompatible type "Event"; expected "Lock | None"',
    "primitives.Semaphore().acquire()": "must be used",
    "with primitives.Semaphore(): pass": '"Semaphore" has no attribute "__enter__"',
    "delay.callback(show)": "incompatible type",  # an argument is missing
    "delay.callback(show, 'late')": "No overload variant",
    "delay.callback(beep())": "does not return a value",  # called, and not given
    "delay.trigger('500')": 'has incompatible type "str"; expected "float"',
    "button.press_func(True)": "No overload variant",
    "button.press_func(show, (1,))": "incompatible type",
    "primitives.Pushbutton(3)": 'has incompatible type "int"',
    "button.press.clear()": 'Item "None" of "Event | None"',
    "primitives.Encoder(pin, pin, callback=beep)": "incompatible type",
    "primitives.PinCall(pin, cb_fall=show)": "incompatible type",
    "primitives.AsyncPin(lambda: 0, 1)": "No overload variant",  # it does not interrupt
    "broker.subscribe('t', told)": "Too few arguments",
    "broker.subscribe('t', 3)": "No overload variant",
    "primitives.Gate(broker).run()": "must be used",
    "primitives.gc_task(100)": "must be used",
    "primitives.ready(queue)": 'has incompatible type "Queue\\[int\\]"',
    "primitives.launch(measure, ('1',))": "incompatible type",
    "await primitives.schedule(show, 3)": "No overload variant",
    "primitives.AADC(pin)": 'has incompatible type "Pin"',
    "keys.put_nowait('A')": 'has incompatible type "str"; expected "int"',
    "primitives.Qeue": 'has no attribute "Qeue"',
}


class TestTypes(Types):
    layer = "primitives"
    head, known, right, wrong = HEAD, KNOWN, RIGHT, WRONG
    given = frozenset(primitives._MODULES)
