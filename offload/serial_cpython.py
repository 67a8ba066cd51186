"""Serial ports, as streams: pyserial's, read and written by threads of their own. CPython only.

    async with offload.serial.open("/dev/ttyUSB0", 115200) as port:
        port.write(b"AT\\r\\n")
        await port.drain()
        print(await port.readline())

One thread reads the port into a BytePipe, another writes what a second one holds; a third, for `set` and the like,
comes when it is needed. Tasks wait for the pipes, so nothing is asked again and again, and any port that pyserial knows will do.
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Generator
from types import TracebackType
from typing import Any

from ..core.context import check_context, get_event_loop, running_loop
from ..core.deadline import wait_for
from ..core.errors import TimeoutError
from ..core.event import Event
from ..core.stream import Stream
from ..threadsafe.parking import check_timeout
from ..threadsafe.pipestream import PipeStream, RawPipe
from .serial_line_cpython import Line
from .worker import Pool

SIZE = 1 << 14  # bytes in each of the two pipes
ASK_EVERY = 0.5  # seconds; how long the close of a port takes whose reads can't be cancelled
LINGER = 5.0  # seconds

_SETTABLE = (
    "baudrate", "bytesize", "parity", "stopbits", "xonxoff", "rtscts", "dsrdtr", "rts", "dtr", "break_condition",
    "rs485_mode",
)
_READABLE = (*_SETTABLE, "cts", "dsr", "ri", "cd", "in_waiting", "out_waiting")


def open(
    port: str, baudrate: int = 9600, *, size: int = SIZE, linger: float | None = LINGER, **options: Any
) -> _Opening:
    """`async with open(...) as port:`, or `port = await open(...)`: a SerialPort. For tasks of a loop of twincore.

    `port`: a device, or one of pyserial's URLs; `options`: those of serial.Serial, but for `timeout`, `write_timeout` and
    `inter_byte_timeout`: tasks have core.timeout. `size`: bytes, how much is held in each direction. `linger`: seconds
    that `close` gives the line to take what was written. Opened by a thread: OSError (serial.SerialException) if that
    fails, ValueError for bad settings. Cancelled meanwhile, it is closed by that thread. ImportError without pyserial.
    """
    linger = check_timeout(linger)
    for name in ("timeout", "write_timeout", "inter_byte_timeout"):
        if name in options:
            raise TypeError(f"open(..., {name}=...) can't be: limit the wait itself, with core.timeout(seconds)")
    return _Opening(_pyserial().serial_for_url, (port, baudrate), options, size, linger)


def _pyserial() -> Any:
    try:
        import serial  # type: ignore[import-untyped,import-not-found,unused-ignore]

        serial.serial_for_url  # noqa: B018  there is another package of that name
    except (ImportError, AttributeError) as error:
        raise ImportError("offload.serial needs pyserial: pip install twincore[serial]") from error
    return serial


class SerialPort(PipeStream):
    """A serial port as a Stream; see there. Belongs to the tasks of one loop.

    | besides what a Stream has | blocks |
    |---|---|
    | `await drain()`: until all that was written is with the system | the task |
    | `await flush()`: until it has left the port, too | the task |
    | `await set(**settings)`, `get(name)`, `send_break(seconds)`, `reset_input_buffer()`, `reset_output_buffer()` | the task; done by a thread, in order |
    | `name`, `baudrate` | never |
    | `close()`: then `await wait_closed()`, or the end of `async with` | the task |

    A task that reads slowly loses nothing here: the thread that reads waits for room, and the system's buffer fills. What
    happens then is between the system and the device: with flow control (`rtscts`, `xonxoff`, a pty) that waits, without
    it drops bytes. A write never waits: `drain` does.
    When the port fails, is unplugged say, the reader gets what had come before, then an OSError (EIO) whose `__cause__` is
    pyserial's; so does every write, `drain`, `get` and the like, and later read. It still is to be closed.
    `close` sends what was written, for `linger` seconds at most, then ends the threads and closes the port: OSError from
    `wait_closed` if not all could be sent. Who waits to read gets OSError (EBADF). At the end of an `async with` by an
    exception nothing more is sent. Cancelled, `wait_closed` leaves the close to go on.
    """

    _loop: Any  # as Stream and PipeStream have them
    _out: Any
    _closing: bool
    _lost: OSError | None
    _take: Callable[[int], object]
    _shut: Callable[[], None]

    def __init__(self, line: Line, linger: float | None) -> None:
        PipeStream.__init__(self, RawPort(line), {"port": line.port.name, "serial": line.port})
        self._line = line
        self._linger = linger
        self._done = Event()

    @property
    def name(self) -> str:
        name: str = self._line.port.name
        return name

    @property
    def baudrate(self) -> int:
        rate: int = self._line.port.baudrate
        return rate

    async def drain(self) -> None:
        """Wait until all that was written before is with the system. OSError if the port failed or was closed."""
        await Stream.drain(self)
        await self._line.drain()

    async def flush(self) -> None:
        """Wait until all that was written before has left the port, as far as the system can tell."""
        await self.drain()
        await self._line.call(self._line.port.flush)

    async def set(self, **settings: Any) -> None:
        """Change settings of pyserial's, as in `set(baudrate=9600, dtr=False)`, in that order. ValueError if it can't be."""
        for name in settings:
            if name not in _SETTABLE:
                raise TypeError(f"a serial port has no setting {name}: there are {', '.join(_SETTABLE)}")
        await self._line.call(_set, self._line.port, settings)

    async def get(self, name: str) -> Any:
        """A setting, a line (cts, dsr, ri, cd), or how much the system holds (in_waiting, out_waiting), as it is now."""
        if name not in _READABLE:
            raise TypeError(f"a serial port has no {name}; there are {', '.join(_READABLE)}")
        return await self._line.call(getattr, self._line.port, name)

    async def send_break(self, duration: float = 0.25) -> None:
        """Hold the line in the break condition for so many seconds."""
        await self._line.call(self._line.port.send_break, duration)

    async def reset_input_buffer(self) -> None:
        """Forget what has come and was not read. What the thread is about to hand over may still come."""
        await self._line.call(self._line.port.reset_input_buffer)
        self._take(-1)
        self._line.incoming.take()

    async def reset_output_buffer(self) -> None:
        """Forget what the system holds to be sent. What was not drained is sent still."""
        await self._line.call(self._line.port.reset_output_buffer)

    def close(self) -> None:
        """See the class. Called by a task; again: nothing happens."""
        check_context(self._loop, "SerialPort.close()")
        if not self._closing:
            self._closing = True
            get_event_loop().create_task(self._close())

    async def wait_closed(self) -> None:
        """Close it if that was not done, and wait until it is. OSError if not all that was written could be sent."""
        self.close()
        await self._done.wait()
        if self._lost is not None:
            raise self._lost

    aclose = wait_closed

    async def __aexit__(self, *exc: type[BaseException] | BaseException | TracebackType | None) -> None:
        if all(part is None for part in exc):
            await self.wait_closed()
            return
        self._linger = 0
        self._shut()
        self.close()
        await self._done.wait()

    async def _close(self) -> None:
        line = self._line
        try:
            if self._linger != 0 and (self._out.left() or line.sent < line.written):
                await wait_for(self.drain(), self._linger)
        except TimeoutError:
            self._lost = OSError(errno.ETIMEDOUT, f"{self.name} did not take all that was written in {self._linger} s")
        except OSError as error:
            self._lost = error
        finally:
            self._shut()
            try:
                await line.pool.close()
            finally:
                self._done.set()

    def __del__(self) -> None:
        line = getattr(self, "_line", None)
        if line is not None:  # given up without `close`
            line.stop()


class RawPort(RawPipe):
    """The line as the loop's side has it: a RawPipe that knows why it is closed."""

    def __init__(self, line: Line) -> None:
        RawPipe.__init__(self, line.incoming, line.outgoing)
        self.line = line

    def read(self, n: int = -1) -> bytes | None:
        data = RawPipe.read(self, n)
        if data == b"" and n != 0:
            self.line.check()
        return data

    def write(self, buf: bytes | bytearray | memoryview) -> int | None:
        self.line.check()
        count = RawPipe.write(self, buf)
        if count:
            self.line.written += count
        return count

    def close(self) -> None:
        self.line.stop()


class _Opening:
    """What `open` returns: to be awaited, or for one `async with`."""

    def __init__(
        self, function: Callable[..., Any], args: tuple[Any, ...], options: dict[str, Any], size: int,
        linger: float | None,
    ) -> None:
        self._call = (function, args, options)
        self._size = size
        self._linger = linger
        self._port: SerialPort | None = None

    def __await__(self) -> Generator[Any, Any, SerialPort]:
        return self._open().__await__()

    async def _open(self) -> SerialPort:
        if running_loop() is None:
            raise RuntimeError("offload.serial is for tasks of a loop of twincore; in asyncio use LoopThread")
        function, args, options = self._call
        pool = Pool(3, f"serial {args[0]}", idle=None)
        line = Line(self._size, pool)
        try:
            # Both threads, before there is a port to close. The pool would make do with the first.
            if not (pool.start_another() and pool.start_another()):
                raise RuntimeError("can't start the threads for a serial port")
            port = await pool.assign(function, *args, **options).options(on_cancel="abandon", dropped=_discard)
            line.port = port
            if not hasattr(port, "cancel_read"):
                port.timeout = ASK_EVERY
        except BaseException:
            pool.shut()
            raise
        stream = SerialPort(line, self._linger)
        line.start()
        return stream

    async def __aenter__(self) -> SerialPort:
        port = self._port = await self._open()
        return port

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        if self._port is not None:
            await self._port.__aexit__(exc_type, exc, tb)


def _discard(port: Any, error: BaseException | None) -> None:
    if port is not None:
        port.close()


def _set(port: Any, settings: dict[str, Any]) -> None:
    for name, value in settings.items():
        setattr(port, name, value)
