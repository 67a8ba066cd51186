"""What a type checker knows of offload: of right uses the types, of wrong ones the mistake; and that it is so."""

import pytest

from twincore import offload

from type_checking import Types

pytestmark = pytest.mark.cpython

HEAD = """
import sqlite3
import sys
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from twincore import core, offload, threadsafe
from twincore.offload.wrapping import Wrapped

class Port:
    rate = 9600
    def read(self, n: int) -> bytes: return bytes(n)
    def __iter__(self) -> Iterator[int]: return iter([1])

class Lease:
    def __enter__(self) -> Port: return Port()
    def __exit__(self, *args: object) -> bool: return True

class Counts:
    def __enter__(self) -> int: return 3
    def __exit__(self, *args: object) -> None: ...

async def fetch(url: str, times: int = 1) -> bytes: return url.encode() * times
async def ticks(n: int) -> AsyncIterator[float]: yield float(n)

def check(port: Wrapped[Port]) -> None: print(port)

async def main() -> None:
    wrapped = offload.wrap(Port())
"""

KNOWN = {  # expression: its type
    "wrapped": "Wrapped[Port]",
    "wrapped.read": "_Method",
    "wrapped.read(1)": "Job[Any]",
    "await wrapped.read(1)": "Any",
    "await wrapped.read(1).options(timeout=3)": "Any",
    "[item async for item in wrapped]": "list[int]",
    "await offload.unwrap(wrapped)": "Port",
    "await offload.wrap(sqlite3.connect('x')).__aenter__()": "Wrapped[Connection]",
    "await offload.wrap(Lease()).__aenter__()": "Wrapped[Port]",
    "offload.wrap(Port(), attributes=('rate',)).rate": "Any",
    "await offload.unwrap(offload.wrap(Port(), None, ('rate',)))": "Port",
    "await offload.wrap(Lease(), attributes=('rate',)).__aenter__()": "_WithAttributes[Port]",
    "offload.unblock(pow, 2, 3)": "Job[int]",
    "await offload.Worker().assign(sqlite3.connect, 'x')": "Connection",
    "await offload.pool('dns').assign(len, []).options(on_cancel='wait')": "int",
    "[item async for item in offload.iterate(Port())]": "list[int]",
    "[item async for item in offload.iterate(range, 9, batch=3)]": "list[int]",
    "offload.from_thread.run_sync(divmod, 7, 2)": "tuple[int, int]",
    "await offload.LoopThread().call(abs, -1)": "int",
    "(await offload.subprocess.run(['ls'])).returncode": "int",
    "await offload.subprocess.run(['ls'])": "CompletedProcess[bytes]",
    "await offload.subprocess.run('ls', text=True)": "CompletedProcess[str]",
    "await offload.subprocess.run('ls', encoding='utf-8', input='x', shell=True)": "CompletedProcess[str]",
    "await offload.subprocess.run('ls', text=sys.argv == [])": "CompletedProcess[Any]",
    "await offload.subprocess.start(['ls'], stdout=offload.subprocess.PIPE).__aenter__()": "Child",
    "offload.subprocess.start('x').child.stdout": "Pipe | None",
    "await offload.subprocess.start('x').child.wait()": "int",
    "await offload.subprocess.start('x').child.communicate(b'')": "tuple[bytes | None, bytes | None]",
    "offload.sqlite.connect('x')": "Connection",
    "await offload.sqlite.connect('x')": "Connection",
    "offload.sqlite.connect('x').execute('select 1')": "Cursor",
    "await offload.sqlite.connect('x').execute('select 1')": "Cursor",
    "await offload.sqlite.connect('x').fetch_all('select 1')": "list[Any]",
    "(await offload.sqlite.connect('x').cursor()).lastrowid": "int | None",
    "[row async for row in offload.sqlite.connect('x').execute('select 1')]": "list[Any]",
    "[text async for text in offload.sqlite.connect('x').iterdump()]": "list[str]",
    "await offload.sqlite.connect('x').transaction().__aenter__()": "Transaction",
    "await offload.open('x')": "File[str]",
    "await offload.open('x', 'rb')": "File[bytes]",
    "await offload.open('x', mode='r+', pool=offload.pool('fifos'), timeout=3)": "File[str]",
    "await offload.open('x', sys.argv[1])": "File[Any]",
    "await offload.open('x', 'w').__aenter__()": "File[str]",
    "(await offload.open('x')).read()": "Job[str]",
    "await (await offload.open('x')).readline().options(timeout=1)": "str",
    "await (await offload.open('x', 'rb')).readlines()": "list[bytes]",
    "await (await offload.open('x', 'ab')).write(bytearray(3))": "int",
    "await (await offload.open('x')).tell()": "int",
    "[line async for line in await offload.open('x')]": "list[str]",
    "[line async for line in await offload.open('x', 'rb')]": "list[bytes]",
    "await offload.read_bytes('x')": "bytes",
    "await offload.read_text('x')": "str",
    "await offload.write_bytes('x', b'')": "int",
    "await offload.write_text('x', '', pool=offload.Pool(2))": "int",
    "offload.AsyncioWorker().run(fetch, 'x', times=3)": "AsyncioCall[bytes]",
    "await offload.AsyncioWorker(loop_factory='uvloop').run(fetch, 'x')": "bytes",
    "await offload.AsyncioWorker().run(fetch, 'x').options(timeout=3)": "bytes",
    "await offload.AsyncioWorker().call(len, 'x')": "int",
    "await offload.AsyncioWorker().__aenter__()": "AsyncioWorker",
    "[tick async for tick in offload.AsyncioWorker().iterate(ticks, 3, ahead=2)]": "list[float]",
    "[tick async for tick in offload.AsyncioWorker().iterate(ticks(3))]": "list[float]",
    "await offload.LoopThread().run(fetch, 'x')": "bytes",
    "await offload.LoopThread().__aenter__()": "LoopThread",
    "offload.LoopThread().loop()": "Loop",
    "await offload.serial.open('/dev/ttyUSB0', 115200)": "SerialPort",
    "await (await offload.serial.open('x', parity='E')).readline()": "bytes",
    "await offload.gethostbyname('x')": "str",
    "(await offload.getaddrinfo('x', 80))[0][0]": "AddressFamily",
    "(await offload.getaddrinfo('x', 80))[0][4]": "tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes]",
    "await offload.wrap(Counts()).__aenter__()": "int",
    "await core.wait_for(offload.unblock(len, 'x'), 3)": "int",
    "offload.Pool(2).statistics()": "dict[str, float]",
}

RIGHT = [
    "check(wrapped)",
    "check(offload.wrap(Port(), attributes=['rate']))",
    "offload.wrap(Port(), attributes={'rate'}).rate = 300",
    "async with offload.wrap(sqlite3.connect('x'), wraps=('execute',)): pass",
    "offload.Pool(2, limiter=threadsafe.ThreadSafeSemaphore(3))",
    "offload.Pool(2, executor='process'), offload.Pool(2, executor=ThreadPoolExecutor())",
    "await (await offload.open('x', 'w')).writelines(['a', 'b'])",
    "await (await offload.open('x', 'rb')).readinto(bytearray(9))",
    "await offload.unblock(len, 'x').options(progress=print)",
]

WRONG = {  # statement: what is said of it
    "data: bytes = wrapped.read(1)": r'expression has type "Job\[Any\]", variable has type "bytes"',  # no await
    "wrapped.rate + 1": '"_Method" and "int"',
    "wrapped.rate = 300": 'has no attribute "rate"',
    "offload.wrap(Port(), attributes='rate')": 'No overload variant of "wrap"',
    "offload.wrap(Port(), 4)": 'No overload variant of "wrap"',
    "check(offload.wrap(3))": 'has incompatible type "int"; expected "Port"',
    "await offload.unwrap(Port())": 'has incompatible type "Port"',
    "await wrapped.__aenter__()": 'Invalid self argument "Wrapped\\[Port\\]"',  # a Port is no context manager
    "offload.wrap(3).__aiter__()": 'Invalid self argument "Wrapped\\[int\\]"',
    "await wrapped.read(1).options(on_cancel='kill')": 'has incompatible type "Literal\\[\'kill\'\\]"',
    "offload.unblock(len, 3)": 'has incompatible type "int"; expected "Sized"',
    "await (await offload.open('x')).write(b'')": 'No overload variant|has incompatible type "bytes"; expected "str"',
    "await (await offload.open('x')).readinto(bytearray(9))": 'Invalid self argument "File\\[str\\]"',
    "text: str = (await offload.open('x')).read()": r'expression has type "Job\[str\]", variable has type "str"',
    "offload.open('x', pool=3)": 'No overload variant of "open"',
    "offload.read_bytes('x', pool='files')": 'has incompatible type "str"; expected "Pool | None"',
    "offload.write_bytes('x', 'text')": 'has incompatible type "str"',
    "offload.AsyncioWorker().run(fetch, 3)": 'has incompatible type "int"; expected "str"',
    "offload.AsyncioWorker().call(fetch)": 'Missing positional argument "url"',
    "await offload.LoopThread().run(fetch)": 'Missing positional argument "url"',
    "offload.Pool(2, limiter=3)": 'has incompatible type "int"; expected "ThreadSafeSemaphore | None"',
    "offload.Pool(2, executor='thread')": 'has incompatible type',
    "offload.sqlite.connect('x', timeout='long')": 'has incompatible type "str"; expected "float"',
    "await offload.serial.open('x').write(b'')": '"_Opening" has no attribute "write"',
    "offload.unblok": 'has no attribute "unblok"',
}


class TestTypes(Types):
    layer = "offload"
    head, known, right, wrong = HEAD, KNOWN, RIGHT, WRONG
    given = frozenset([*offload._MODULES, *offload._NAMED])
