"""What a type checker knows of threadsafe: what is put in comes out, in tasks and threads; and that it is so."""

import pytest

from twincore import threadsafe

from type_checking import Types

pytestmark = pytest.mark.cpython

HEAD = """
from array import array
from twincore import core, threadsafe
from twincore.threadsafe import *

async def text(n: int) -> str: return str(n)
def tell(n: int, word: str) -> None: print(n, word)

async def main() -> None:
    queue: ThreadSafeQueue[str] = ThreadSafeQueue(10, 'drop_oldest')
    single: SPSCQueue[str] = SPSCQueue([None] * 10)
    floats = ThreadSafeQueue(array('f', [0] * 10))
    message: Message[int] = Message()
    maybe: Message[int | None] = Message()
    bare: Message[None] = Message()
    event = ThreadSafeEvent()
    place = Snapshot(('x', 'y'))
    counts = Snapshot(['low', 'high'], 'i')
    words: Snapshot[str] = Snapshot(2)
    broadcast: Broadcast[float] = Broadcast(16)
    mine = broadcast.subscribe()
    pipe = BytePipe(100)
    raw = RawPipe(pipe, None)
    lock = ThreadSafeLock()
    condition = ThreadSafeCondition(lock)
    loop = core.get_event_loop()
    handle = run_coroutine_threadsafe(text(3), loop)
"""

KNOWN = {  # expression: its type
    "await queue.get()": "str",
    "await queue.get(timeout=3)": "str",
    "queue.get_sync(block=True)": "str",
    "queue.get_nowait()": "str",
    "queue.peek()": "str",
    "[item async for item in queue]": "list[str]",
    "[items async for items in queue.batches(10)]": "list[list[str]]",
    "await queue.get_many(10)": "list[str]",
    "await queue.put_many(('a', 'b'), 3)": "int",
    "queue.get_many_sync(timeout=1)": "list[str]",
    "queue.put_many_sync(iter('ab'))": "int",
    "single.get_sync()": "str",
    "queue.high_water": "int",
    "ThreadSafeQueue([0] * 10)": "ThreadSafeQueue[int]",
    "ThreadSafeQueue(bytearray(10))": "ThreadSafeQueue[int]",
    "ThreadSafeQueue(array('H', [0] * 10), overflow='block')": "ThreadSafeQueue[int]",
    "SPSCQueue(bytearray(10), 'drop_newest')": "SPSCQueue[int]",
    "floats.get_sync()": "float",
    "await message": "int",
    "await message.wait(3)": "int",
    "message.wait_sync(3)": "int",
    "message.value()": "int | None",
    "[data async for data in message]": "list[int]",
    "[data async for data in message.reader()]": "list[int]",
    "message.reader().missed": "int",
    "await event.wait()": "Literal[True]",
    "event.wait_sync(timeout=3)": "Literal[True]",
    "place.read()": "_Fields[Any]",
    "counts.read().low": "int",
    "counts.read()[0]": "int",
    "[*Snapshot(3, 'f').read()]": "list[float]",
    "words.latest()[1][0]": "str",
    "[values async for values in counts]": "list[_Fields[int]]",
    "await counts.changed(counts.version, 3)": "int",
    "await mine.get()": "float",
    "mine.get_sync(0)": "float",
    "[reading async for reading in mine]": "list[float]",
    "await broadcast.subscribe().__aenter__()": "Subscription[float]",
    "Lagged(3).lost": "int",
    "await pipe.readline()": "bytes",
    "await pipe.readinto(bytearray(3), timeout=3)": "int",
    "pipe.wait_sync(pipe.readexactly(3), 5)": "bytes",
    "pipe.read_sync(3)": "bytes",
    "pipe.write(b'abc', 2)": "int",
    "raw.read()": "bytes | None",
    "raw.write(memoryview(b''))": "int | None",
    "await open_stream(pipe, e={'peername': 'core 1'}).readline()": "bytes",
    "await lock.acquire(3)": "Literal[True]",
    "lock.acquire_sync()": "Literal[True]",
    "lock.acquire_nowait()": "bool",
    "await condition.wait_for(lambda: queue.qsize())": "int",
    "condition.wait_for_sync(message.value, 3)": "int | None",
    "ThreadSafeBoundedSemaphore(3).value()": "int",
    "handle": "TaskHandle[str]",
    "handle.result(3)": "str",
    "await handle": "str",
    "handle.exception()": "BaseException | None",
    "create_task_threadsafe(loop, queue.get(), name='getter').result()": "str",
    "call_soon_threadsafe(loop, tell, 3, 'a').cancel()": "bool",
    "await threadsafe.Context().assign(len, [])": "int",
}

RIGHT = [
    "queue.put_sync('a'); single.put_nowait('a'); floats.put_sync(3); await queue.put('a', timeout=3)",
    "maybe.set(); maybe.set(3); bare.set(); bare.set(None); message.set(3)",
    "place.publish(3, 'a'); counts.publish(1, 2); counts.spare[0] = 3; counts.commit()",
    "counts.read_into([0, 0]); counts.read_into(array('i', [0, 0])); words.read_into([None] * 2)",
    "with lock, condition, ThreadSafeSemaphore(3), mine: pass",
    "async with lock, condition, ThreadSafeSemaphore(3), mine: pass",
    "lock.release(); ThreadSafeSemaphore().release(3); condition.notify(3)",
    "await pipe.awrite(b''); await pipe.drain(3); pipe.write_sync(bytearray(3), 3)",
    "core.create_task(queue.join()); await core.wait_for(queue.get(), 3); await core.gather(message, event.wait())",
    "call_soon_threadsafe(loop, BottomHalf(lambda: tell(1, 'a')).ring); call_soon_threadsafe(loop, loop.stop)",
    "check_single(False); open_for_calls(loop)",
]

WRONG = {  # statement: what is said of it
    "queue.put('a')": 'of type "Coroutine.*" must be used',
    "lock.acquire()": "must be used",
    "event.wait()": "must be used",
    "pipe.awrite(b'')": "must be used",
    "number: int = await queue.get()": 'expression has type "str", variable has type "int"',
    "word: str = queue.get()": 'expression has type "Coroutine',
    "queue.put_sync(3)": 'has incompatible type "int"; expected "str"',
    "await queue.put_many([3])": 'has incompatible type "int"; expected "str"',
    "queue.put_sync('a', 3.5)": 'has incompatible type "float"; expected "bool | None"',
    "floats.put_sync('a')": 'has incompatible type "str"; expected "float"',
    "for item in queue: pass": 'has no attribute "__iter__"',
    "other: ThreadSafeQueue[int] = ThreadSafeQueue(3, 'drop')": 'No overload variant of "ThreadSafeQueue"',
    "ThreadSafeQueue('a')": 'No overload variant of "ThreadSafeQueue"',
    "SPSCQueue(bytearray(3), 'drop_oldest')": 'No overload variant of "SPSCQueue"',
    "message.set('a')": 'has incompatible type "str"; expected "int"',
    "message.set()": 'Missing positional argument "data"',  # which would publish None
    "message.value() + 1": 'Unsupported operand types for \\+ \\("None" and "int"\\)',
    "for data in message: pass": 'has no attribute "__iter__"',
    "Snapshot(3, 'x')": 'No overload variant of "Snapshot"',
    "counts.publish(1, 'a')": 'has incompatible type "str"; expected "int"',
    "counts.read_into([''])": 'has incompatible type "list\\[str\\]"',
    "broadcast.publish('a')": 'has incompatible type "str"; expected "float"',
    "pipe.write('a')": 'has incompatible type "str"',
    "RawPipe(queue)": 'has incompatible type "ThreadSafeQueue',
    "ThreadSafeCondition(core.Lock())": 'has incompatible type "Lock"; expected "ThreadSafeLock',
    "length: int = handle.result()": 'expression has type "str", variable has type "int"',
    "run_coroutine_threadsafe(text, loop)": 'has incompatible type "Callable',
    "run_coroutine_threadsafe(loop, text(3))": 'has incompatible type "Loop"',
    "call_soon_threadsafe(loop, tell, 3)": 'expected "Callable\\[\\[int\\], object\\]"',
    "call_soon_threadsafe(loop, tell, 3, 4)": 'expected "Callable\\[\\[int, int\\], object\\]"',
    "threadsafe.ThreadsafeQueue": 'has no attribute "ThreadsafeQueue"',
}


class TestTypes(Types):
    layer = "threadsafe"
    head, known, right, wrong = HEAD, KNOWN, RIGHT, WRONG
    given = frozenset([*threadsafe.__all__, "Context"])
