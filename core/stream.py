"""Stream: read and write sockets, pipes, terminals, serial ports and Python objects with MicroPython's `ioctl` protocol.

Scheduler side only. One task may read a stream while another writes it; a second reader gets a RuntimeError at once,
any number may write and drain. What a task is given is whole whenever it is cancelled: a cancelled read leaves what had
come for the next one, a cancelled `drain` leaves what is still to be sent.

What a text stream gives is bytes, as with MicroPython; but for `read(n)`, which gives what that stream's own does.

Every read waits at least one pass, unless more had come already than was asked for; so does every `drain`. Regular
files can't be waited for (the system says EPERM): those are for `offload`. On CPython an object with `ioctl` is asked
each millisecond whether it is ready, sockets and descriptors cost nothing while they are idle. A UART, or what else
has `any()`, is asked for no more bytes than have come; but for `readline`, which is the UART's own: once a line has begun
that blocks on a board until it has ended. The task that waits for an `urgent` stream runs before others that are ready:
see policy.py.
"""

from .context import check_context, get_event_loop
from .lazy import load
from .lock import Lock
from .native import MICROPYTHON, ident
from .outgoing import Outgoing, as_bytes
from .sleep import sleep_ms
from .stream_errors import CLOSED, IncompleteReadError, closed_error

if not MICROPYTHON:
    from .raw_cpython import raw

CHUNK = 256 if MICROPYTHON else 1 << 16  # bytes: of one read when there is no telling how many are wanted
BURST = 32  # pieces sent before others have a turn


class Stream:
    """A stream read and written by tasks; `s` is made non-blocking (on MicroPython it has to be already)."""

    _loop = _watched = None  # where and how it is waited for
    out_buf = b""  # what `drain` is to send, too, set as MicroPython's own Stream lets players of sound do

    def __init__(self, s, e={}, urgent=False):  # noqa: B006
        self.s = s
        self._urgent = urgent
        self.e = e
        self._raw = s if MICROPYTHON else raw(s)
        self._there = getattr(s, "any", None)  # a UART's: how many bytes have come
        self._waits_first = not MICROPYTHON and getattr(self._raw, "shared", False)  # it might block
        self._in = b""  # what came and was not taken yet: bytes or a bytearray
        self._reading = False
        self._eof = False
        self._out = Outgoing()
        self._draining = Lock()
        self._closing = False
        self._closed = None  # an Event while bytes are still to be sent after close()
        self._lost = None  # why some of them were not
        self._error = None  # why nothing can be written any more

    def get_extra_info(self, name, *default):
        """What is known under `name`, such as 'peername'; else the default; without one KeyError."""
        if default:
            return self.e.get(name, default[0])
        return self.e[name]

    async def read(self, n=-1):
        """Up to `n` bytes, as soon as there is one; -1: all until the end of the stream. b"" at its end."""
        if n == 0:
            return b""
        self._start_reading()
        try:
            if n > 0 and self._in:
                return self._take(n)
            while True:
                await self._readable()
                chunk = self._raw.read(self._asked(n))
                if chunk is None:
                    continue
                if not chunk:
                    self._eof = True
                if n > 0:
                    return chunk
                if not chunk:
                    return self._take(-1)
                self._keep(chunk)
        finally:
            self._reading = False

    async def readinto(self, buf):
        """Fill `buf` with what is there, as soon as there is something. Returns how many bytes; 0 at the end."""
        self._start_reading()
        try:
            if self._in:
                held = self._take(len(buf))
                buf[: len(held)] = held
                return len(held)
            while True:
                await self._readable()
                count = self._raw.readinto(buf if self._there is None else memoryview(buf)[: self._asked(len(buf))])
                if count is not None:
                    if not count and len(buf):
                        self._eof = True
                    return count
        finally:
            self._reading = False

    async def readexactly(self, n):
        """`n` bytes. IncompleteReadError, an EOFError, if the stream ends first."""
        if n < 0:
            raise ValueError("readexactly needs 0 bytes or more, not " + str(n))
        if n == 0:
            return b""
        self._start_reading()
        try:
            while len(self._in) < n:
                await self._readable()
                chunk = self._raw.read(self._asked(n - len(self._in)))
                if chunk is None:
                    continue
                if not chunk:
                    self._eof = True
                    raise IncompleteReadError(self._take(-1), n)
                if len(chunk) == n and not isinstance(chunk, str):  # all at once, the usual case
                    return chunk
                self._keep(chunk)
            return self._take(n)
        finally:
            self._reading = False

    async def readline(self):
        """Up to and with the next newline; what there is if the stream ends first."""
        try:
            return await self.readuntil(b"\n")
        except IncompleteReadError as exc:
            return exc.partial

    async def readuntil(self, separator=b"\n"):
        """Up to and with `separator`. IncompleteReadError if the stream ends first. However long it is."""
        self._start_reading()
        try:
            start = 0
            while True:
                held = self._in
                if held:
                    found = held.find(separator, start)
                    if found >= 0:
                        return self._take(found + len(separator))
                    start = max(0, len(held) - len(separator) + 1)
                await self._readable()
                chunk = self._line_or_less(separator)
                if chunk is None:
                    continue
                if not chunk:
                    self._eof = True
                    raise IncompleteReadError(self._take(-1), None)
                self._keep(chunk)
        finally:
            self._reading = False

    def _line_or_less(self, separator):
        """What has come, if possible no more than a line: streams of MicroPython read those themselves."""
        if separator == b"\n" and hasattr(self._raw, "readline"):
            return self._raw.readline()
        return self._raw.read(1 if MICROPYTHON else CHUNK)  # it may block until all are there: a terminal does

    def at_eof(self):
        """True once the stream has ended and everything was read."""
        return self._eof and not self._in

    def __aiter__(self):
        return self

    async def __anext__(self):
        """The next line."""
        line = await self.readline()
        if not line:
            raise StopAsyncIteration
        return line

    def _start_reading(self):
        if self._reading:
            who = "" if self._reading is True else ": " + repr(self._reading)
            raise RuntimeError("another task already waits to read this stream" + who + "; only one may at a time")
        self._reading = True if self._loop is None else self._loop.current

    def _readable(self):
        if self._raw is CLOSED:
            raise closed_error()
        if MICROPYTHON:
            if self._there is not None and not self._urgent and self._there():  # a turn for others is all it waits
                return sleep_ms(0)
        elif self._raw.eager and self._raw.eager():
            return sleep_ms(0)
        return self._watch().reader

    def _asked(self, most):
        """How many bytes to ask for now, of `most` that are wanted, -1: all that come.

        A UART's `read(n)` blocks as long as one byte follows another: on RP2 whatever its `timeout`, as `timeout_char` is
        at least 13 bits there (ports/rp2/machine_uart.c). 500 bytes are 44 ms at 115200 baud, half a second at 9600.
        """
        if self._there is None:
            return most
        count = self._there()
        if count is True or 0 <= most < count:  # a USB port knows only whether there are any
            return most
        return count or 1

    def _keep(self, chunk):
        held = self._in
        if isinstance(chunk, str):
            chunk = chunk.encode()
        if not held:
            self._in = chunk
        else:
            if not isinstance(held, bytearray):
                held = self._in = bytearray(held)
            held.extend(chunk)

    def _take(self, n):
        """The first `n` of what is held, -1: all."""
        held = self._in
        if n < 0 or n >= len(held):
            self._in = b""
            return bytes(held) if isinstance(held, bytearray) else held
        part = held[:n]
        if not isinstance(held, bytearray):
            held = self._in = bytearray(held)
        held[:n] = b""
        return bytes(part)

    def write(self, buf, copy=True):
        """Send `buf`: at once what the line takes, the rest in `drain`. Never waits, never loses bytes.

        Copies what it can't send at once; with copy=False it does not, and `buf` must not be changed before `drain`
        has returned. OSError if the stream is broken or closed.
        """
        check_context(self._loop, "Stream.write()")
        if self._closing or self._error is not None:
            raise self._error or closed_error()
        if not isinstance(buf, bytes):
            buf = as_bytes(buf)
        out = self._out
        sent = 0
        if out.added == out.sent and not self._waits_first:
            sent = self._send(buf) or 0
            if sent == len(buf):
                return
        out.add(buf, sent, copy)

    def writelines(self, bufs):
        for buf in bufs:
            self.write(buf)

    async def drain(self):
        """Wait until everything written before is with the system. OSError if the stream broke. Always waits a pass."""
        out = self._out
        if self.out_buf:
            out.add(as_bytes(self.out_buf), 0, False)
            self.out_buf = b""
        if out.added == out.sent:
            if self._error is not None:
                raise self._error
            await sleep_ms(0)
            return
        target = out.added
        async with self._draining:
            while target > out.sent:
                await self._writable()
                burst = BURST
                while out.left() and burst:
                    piece = out.first()
                    sent = self._send(piece)
                    if not sent:
                        break
                    short = sent < len(piece)  # it is full: a Python object need not say so by itself, only in `ioctl`
                    out.drop(sent)
                    burst = 0 if short or self._waits_first else burst - 1
            if self._error is not None:  # another task met it, and what was left is forgotten
                raise self._error

    def _send(self, buf):
        try:
            return self._raw.write(buf)
        except OSError as exc:
            self._error = exc
            self._out.clear()
            raise

    def _writable(self):
        if self._raw is CLOSED:
            raise closed_error()
        return self._watch().writer

    def _watch(self):
        """What to wait for: `reader` and `writer`, of the current loop."""
        loop = get_event_loop()
        if loop is not self._loop or loop.io is None:
            self._watched = loop.streams().keep(self.s, self._urgent)
            self._loop = loop
            if self._urgent:
                load("policy", "attend")(loop)
        return self._watched

    def close(self):
        """Close it, once what was written is sent. Who waits to read it then gets an OSError (EBADF)."""
        check_context(self._loop, "Stream.close()")
        if self._closing:
            return
        self._closing = True
        if self._out.left():
            self._closed = load("event", "Event")()
            get_event_loop().create_task(self._finish())
        else:
            self._shut()

    def is_closing(self):
        """True once `close` was called."""
        return self._closing

    async def wait_closed(self):
        """Close it if that was not done, and wait until it is. OSError if what was written could not be sent."""
        self.close()
        if self._closed is not None:
            await self._closed.wait()
            if self._lost is not None:
                raise self._lost

    async def _finish(self):
        try:
            await self.drain()
        except OSError as exc:
            self._lost = exc
        finally:
            self._shut()
            self._closed.set()

    def _shut(self):
        stream, self._raw = self._raw, CLOSED
        io = get_event_loop().io
        if io is not None:
            io.forget(self.s, closed_error)
        if hasattr(stream, "close"):
            stream.close()

    def __del__(self):
        watched = self._watched  # given up without `close`: keep nothing that would keep `s` open
        if watched is not None and not MICROPYTHON and self._raw is not CLOSED and self._loop.thread == ident():
            watched.reader.io.give_up(watched)

    async def __aenter__(self):
        return self

    async def __aexit__(self, *exc):
        await self.wait_closed()

    aclose = wait_closed  # this and those below: names of the first uasyncio

    async def awrite(self, buf, off=0, sz=-1):
        """`write` the `sz` bytes of `buf` from `off` on, and drain."""
        if off or sz != -1:
            buf = memoryview(as_bytes(buf))[off : len(buf) if sz == -1 else off + sz]
        self.write(buf)
        await self.drain()

    awritestr = awrite


StreamReader = StreamWriter = Stream
