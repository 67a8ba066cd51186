"""Channel: numbered and acknowledged messages over a connection that may break and be made anew. For HeartbeatClient
and HeartbeatServer, which make it.

On the connection there is a line for each message, JSON: ["hello", name, boot, first, window, max_length] from each end
to begin with, or ["refused", why] from the server; then [number, object], a number alone, which acknowledges all up to
that, and empty lines, by which an end that has nothing to say tells that it is alive. `boot` is another one each time a
program is started; `first` the number of the oldest message that was not acknowledged yet. What was not is sent again
over the next connection, and what comes twice is dropped: it is given to the program once, unless that end was started
anew in between.

An end sends no more than the other's `window` of messages that are not acknowledged, so that each can always hold what
comes and goes on reading: acknowledgements and signs of life come behind messages that nobody takes yet.
"""

import json
import os
from binascii import hexlify

from ..core.context import create_task, current_task, get_event_loop
from ..core.deadline import wait_for
from ..core.errors import TimeoutError
from ..core.event import Event
from ..core.lock import Lock
from ..primitives.queue import Queue, QueueShutDown
from ..primitives.semaphore import Semaphore
from .arguments import check_time, check_whole
from .home import check_home

OVERHEAD = 16  # bytes of a line beside the object
GREETING = 512  # bytes of the longest first line
LONGEST_NAME = 64  # bytes, of which JSON makes six times as many at the most


class ConnectionBroken(OSError):
    """What came over the connection was none of a Channel's lines; it is given up, and made anew."""


class Channel:
    """One end of a connection, for tasks of one loop.

    `name` is the client's at both ends. `timeout`, seconds without a sign of life after which a connection is given
    up; `window`, how many messages may wait to be acknowledged, and as many may wait here to be taken: those that come
    after these are acknowledged when there is room; `max_length`, bytes of the longest, the same at both ends.
    `bad` counts connections given up for what came over them, `again` messages that came twice, `links` how often there
    was a connection.
    """

    def __init__(self, name, timeout, window, max_length):
        check_time("timeout", timeout)
        check_whole("window", window, 1, " message")
        check_whole("max_length", max_length, 1, " byte")
        self.name = name
        self.bad = 0
        self.again = 0
        self.links = 0
        self.timeout = timeout
        self.max_line = longest_line(max_length)
        self._max_length = max_length
        self._boot = random_name()
        self._peer_boot = None
        self._next = 1  # the number of the next message
        self._taken = 0  # of the last that came
        self._repeat = False  # the acknowledgement, for what came again
        self._unacknowledged = []  # _Sent, the oldest first
        self._room = Semaphore(window)
        self._incoming = Queue(window)
        self._held = []  # what came after those, and is not acknowledged
        self._window = window
        self._peer_window = window
        self._news = Event()  # there is something to be written
        self.up = Event()  # there is a connection, or it is closed
        self._linking = Lock()
        self._task = None  # that serves the connection now
        self._leaving = False  # that connection
        self._latest = None  # that is to
        self._closed = Event()
        self._loop = None  # that in which it is served

    async def send(self, obj):
        """Send `obj`, what `json` can write; returns when the other end has it, however often the connection breaks.

        Cancelled, it may have got there or get there yet. ValueError if it is too long, RuntimeError once closed.
        """
        text = json.dumps(obj)
        length = len(text.encode())
        if length > self._max_length:
            raise ValueError("a message has " + str(self._max_length) + " bytes at the most, not " + str(length))
        self._check()
        await self._room.acquire()
        if self._closed.is_set():
            self._room.release()  # for the next who waits
            self._check()
        sent = _Sent(self._next, text)
        self._next += 1
        self._unacknowledged.append(sent)
        self._news.set()
        await sent.done.wait()
        if not sent.acknowledged:
            self._check()

    async def receive(self):
        """The next message of the other end. RuntimeError once it is closed, and all that had come was received."""
        self._check_home()
        try:
            return await self._take()
        except QueueShutDown:
            raise RuntimeError("this channel is closed") from None

    def __aiter__(self):
        return self

    async def __anext__(self):
        self._check_home()
        try:
            return await self._take()
        except QueueShutDown:
            raise StopAsyncIteration from None

    def connected(self):
        """Whether there is a connection now, as far as is known."""
        return self._task is not None

    async def wait_connected(self):
        """Until there is a connection. RuntimeError once it is closed."""
        self._check()
        await self.up.wait()
        self._check()

    def closed(self):
        """Whether it was closed."""
        return self._closed.is_set()

    def close(self):
        """End it: what was not acknowledged is given up, and who waits in `send` gets a RuntimeError.

        Again: nothing happens.
        """
        if self._closed.is_set():
            return
        self._check_home()
        self._closed.set()
        self._incoming.shutdown()
        self._room.release()
        for sent in self._unacknowledged:
            sent.done.set()
        self.up.set()
        if self._task is not None and self._task is not current_task():
            self._task.cancel()

    def disconnect(self):
        """Give the connection up, if there is one, once what came is acknowledged. What was not taken stays."""
        self._leaving = self._task is not None
        self._news.set()

    def belong(self):
        """To the caller's loop, from here on."""
        self._loop = get_event_loop()

    def _check(self):
        if self._closed.is_set():
            raise RuntimeError("this channel is closed")
        self._check_home()

    def _check_home(self):
        if self._loop is not None:
            check_home(self._loop, "this channel")

    # What the client and the server call.

    def hello(self):
        """The first line."""
        first = self._unacknowledged[0].number if self._unacknowledged else self._next
        line = ["hello", self.name, self._boot, first, self._window, self._max_length]
        return json.dumps(line).encode() + b"\n"

    async def serve(self, stream, records, greeting):
        """Run a connection until it breaks, which raises OSError, EOFError or TimeoutError. It takes the place of the
        one before. `greeting`: what `greeting_of` has made of the other end's first line."""
        self._latest = current_task()
        if self._task is not None:
            self._task.cancel()
        async with self._linking:
            if self._latest is not current_task():
                raise ConnectionBroken("there is a later connection")
            _, boot, first, self._peer_window = greeting
            if boot != self._peer_boot:
                self._peer_boot = boot
                self._taken = first - 1
                self._held = []
            self.links += 1
            self._task = current_task()
            self._leaving = False
            self._repeat = True
            writer = create_task(self._write(stream))
            self.up.set()
            try:
                while True:
                    self._accept(await wait_for(records.read(), self.timeout))
            except ConnectionBroken:
                self.bad += 1
                raise
            finally:
                self.up.clear()
                self._task = None
                writer.cancel()
                stream.close()

    def _accept(self, line):
        if not line:
            return
        message = parsed(line)
        if _is_number(message):
            self._acknowledge(message)
            return
        if not isinstance(message, list) or len(message) != 2 or not _is_number(message[0]):
            raise ConnectionBroken("this is no message: " + repr(line))
        number = message[0]
        expected = self._taken + len(self._held) + 1
        if number > expected:
            raise ConnectionBroken("message " + str(expected) + " is missing")
        if number < expected:
            self.again += 1
            self._repeat = True
            self._news.set()
            return
        if len(self._held) == self._window:
            raise ConnectionBroken("more messages came than may wait")
        self._held.append(message[1])
        self._deliver()

    def _deliver(self):
        """Let the program have what there is room for, which acknowledges it."""
        while self._held and not self._incoming.full() and not self._closed.is_set():
            self._incoming.put_nowait(self._held.pop(0))
            self._taken += 1
            self._news.set()

    async def _take(self):
        obj = await self._incoming.get()
        self._deliver()
        return obj

    def _acknowledge(self, number):
        waiting = self._unacknowledged
        while waiting and waiting[0].number <= number:
            sent = waiting.pop(0)
            sent.acknowledged = True
            sent.done.set()
            self._room.release()
        if waiting:
            self._news.set()  # there is room at the other end for more of them

    async def _write(self, stream):
        """Write what there is, or else a sign of life four times in `timeout`."""
        written = 0  # the number of the last message on this connection
        told = self._taken
        try:
            while True:
                self._news.clear()
                leaving = self._leaving  # before the look at what is to be acknowledged
                lines = []
                if self._repeat or told != self._taken:
                    told = self._taken
                    self._repeat = False
                    lines.append(str(told))
                for sent in self._unacknowledged[: self._peer_window]:
                    if sent.number > written:
                        written = sent.number
                        lines.append("[" + str(written) + "," + sent.text + "]")
                lines.append("")
                stream.write(b"\n" if len(lines) == 1 else "\n".join(lines).encode())
                await stream.drain()
                if leaving:
                    break
                try:
                    await wait_for(self._news.wait(), self.timeout / 4)
                except TimeoutError:
                    pass
        except OSError:
            pass
        stream.close()  # who reads it is told by that


def random_name():
    """Eight hexadecimal digits, other ones each time."""
    return hexlify(os.urandom(4)).decode()


class _Sent:
    def __init__(self, number, text):
        self.number = number
        self.text = text
        self.done = Event()
        self.acknowledged = False


def parsed(line):
    """The object that a line is. ConnectionBroken if it is none."""
    try:
        return json.loads(line)
    except (ValueError, RuntimeError):  # of nesting too deep, the latter
        raise ConnectionBroken("this is no JSON: " + repr(line)) from None


def longest_line(max_length):
    """Bytes of the longest line that comes over a connection."""
    return max(max_length + OVERHEAD, GREETING)


def greeting_of(line, max_length):
    """(name, boot, first, window) of a first line. ConnectionBroken if it is none, or of an end with other settings."""
    message = parsed(line)
    if isinstance(message, list) and len(message) == 2 and message[0] == "refused":
        raise ConnectionBroken("the server refuses this client: " + str(message[1]))
    if not isinstance(message, list) or len(message) != 6 or message[0] != "hello":
        raise ConnectionBroken("this is no greeting: " + repr(line))
    _, name, boot, first, window, longest = message
    for text in (name, boot):
        if not isinstance(text, str):
            raise ConnectionBroken("this is no greeting: " + repr(line))
    for number in (first, window, longest):
        if not _is_number(number) or not number:
            raise ConnectionBroken("this is no greeting: " + repr(line))
    if longest != max_length:
        text = "max_length is " + str(max_length) + " here and " + str(longest) + " at the other end"
        raise ConnectionBroken(text + ": let both be the same")
    return name, boot, first, window


def _is_number(value):
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def check_name(name):
    """TypeError, ValueError for what is no name of a client."""
    if not isinstance(name, str):
        raise TypeError("a name is text, not " + repr(name))
    if not 0 < len(name.encode()) <= LONGEST_NAME:
        raise ValueError("a name has 1 to " + str(LONGEST_NAME) + " bytes, not " + str(len(name.encode())))


def check_address(host, port):
    """TypeError for a host that is no text, ValueError for what is no port."""
    if not isinstance(host, str):
        raise TypeError("a host is text, a name or an address, not " + repr(host))
    if not isinstance(port, int) or not 0 <= port <= 0xFFFF:
        raise ValueError("a port is 0 to 65535, not " + repr(port))
