"""What a type checker knows of core: results come through tasks, what is not awaited is found; and that it is so."""

import pytest

from twincore.core import lazy_names

from type_checking import Types

pytestmark = pytest.mark.cpython

HEAD = """
from collections.abc import Generator
from twincore import core
from twincore import core as asyncio

async def text(n: int) -> str: return str(n)
async def number() -> int: return 3
async def serve(reader: core.StreamReader, writer: core.StreamWriter) -> None: print(reader, writer)
def old() -> Generator[object, None, float]:
    yield None
    return 1.5

async def main() -> None:
    task = core.create_task(text(3))
    async with core.TaskGroup() as group: pass
    reader, writer = await core.open_connection('localhost', 80)
"""

KNOWN = {  # expression: its type
    "task": "Task[str]",
    "await task": "str",
    "task.result()": "str",
    "core.create_task(old(), name='old')": "Task[float]",
    "core.create_task(core.sleep(1))": "Task[None]",
    "group.create_task(number())": "Task[int]",
    "await core.gather(text(1), number())": "tuple[str, int]",
    "await core.gather(*[number()])": "list[int]",
    "await core.gather(*[number()], return_exceptions=True)": "list[int | BaseException]",
    "await core.wait_for(task, 3)": "str",
    "await core.wait_for_ms(number(), 30)": "int",
    "await core.wait({task}, return_when=core.FIRST_COMPLETED)": "tuple[set[Task[str]], set[Task[str]]]",
    "[await ended async for ended in core.as_completed([number()])]": "list[int]",
    "[await following for following in core.as_completed([number()])]": "list[int]",
    "await core.shield(number())": "int",
    "await core.Event().wait()": "Literal[True]",
    "await core.Lock().acquire()": "Literal[True]",
    "await core.ThreadSafeFlag().wait()": "None",
    "await reader.readline()": "bytes",
    "[line async for line in reader]": "list[bytes]",
    "await core.start_server(serve, '127.0.0.1', 0)": "Server",
    "(await core.timeout(3).__aenter__()).when()": "float | None",
    "core.run(number())": "int",
    "core.Runner().run(number())": "int",
    "core.get_event_loop().run_until_complete(task)": "str",
    "core.new_event_loop(core.VirtualClock())": "Loop",
    "await core.to_thread(pow, 2, 3)": "int",
    "[info.since for info in core.tasks()]": "list[float | None]",
    "asyncio.power_mode()": "bool",
}

RIGHT = [
    "async with core.Lock(), core.timeout_ms(30), core.timeout_at(None): pass",
    "writer.write('text'); writer.write(b'', copy=False); await writer.drain()",
    "task.add_done_callback(print)",
    "core.get_event_loop().set_exception_handler(lambda loop, context: loop.stop())",
    "with core.Runner(grace=1) as runner: runner.get_loop().close(None)",
    "core.urgent_first(burst=3)",
]

WRONG = {  # statement: what is said of it
    "core.sleep_ms(30)": 'of type "Coroutine.*" must be used',
    "core.Event().wait()": "must be used",
    "await core.sleep('1')": 'has incompatible type "str"; expected "float"',
    "core.create_task(number)": 'has incompatible type "Callable',
    "core.create_task(3)": 'has incompatible type "int"',
    "core.run(main)": 'has incompatible type "Callable',
    "word: int = await task": 'expression has type "str", variable has type "int"',
    "await core.wait([text(1)])": "has incompatible type",  # a task, not a coroutine: it could not be found again
    "await core.wait({task}, return_when='first')": "has incompatible type",
    "await core.wait_for(task)": 'Missing positional argument "timeout"',
    "writer.write(3)": 'has incompatible type "int"',
    "core.creat_task": 'has no attribute "creat_task"',
}

LAZY = {pair.split("=")[0] for pair in lazy_names.LAZY.split()}
AT_ONCE = {"CancelledError", "TimeoutError", "WrongContextError", "Task", "Loop", "sleep", "sleep_ms", "compiled"}
AT_ONCE |= {"create_task", "current_task", "get_event_loop", "new_event_loop", "run", "__version__", "to_thread"}


class TestTypes(Types):
    layer = "core"
    head, known, right, wrong = HEAD, KNOWN, RIGHT, WRONG
    given = frozenset([*LAZY, *AT_ONCE])
