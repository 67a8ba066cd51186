"""SynCom: objects between two boards over four wires, any pins of theirs, at whatever pace each can.

    channel = SynCom(True, Pin(12, Pin.IN), Pin(15, Pin.OUT), Pin(13, Pin.IN), Pin(14, Pin.OUT))

    async def echo(channel):
        while channel.running():
            channel.send(await channel.await_obj())

    run(channel.start(echo))

What limits it: each bit is an interrupt in Python at each end, one after the other, and nine bits are a byte. While
objects move both boards are busy with that; at rest it is one bit each `rest_ms`. Pins that do not interrupt are looked
at each millisecond, for 500 to 1000 bits a second. Where there is a free UART, that is better.
Both ends need this SynCom: upstream's has other bits on the wires, seven for a character, and no checksum.
"""

import json
import os

from ..core.context import create_task, get_event_loop
from ..core.event import Event
from ..core.queue_errors import QueueFull
from ..core.sleep import sleep_ms
from ..primitives.queue import Queue, QueueShutDown
from .arguments import check_time, check_whole
from .clocked_line import ClockedLine
from .home import check_home
from .syncom_records import packed, unpacked

CALLING, RUNNING, DOWN = 0, 1, 2
WATCH_MS = 25  # between looks whether the other end goes on
CALL_MS = 100  # between calls, until it answers
RESET_MS = 100  # the length of a reset, and what the other end needs after it
BOOT_MS = 1000
SHORTEST = 100  # ms of a timeout


class SynCom:
    """One end of a link; of the two one is `passive`, the other not. For tasks of one loop.

    Args: ckin and din, input pins, which the other end's ckout and dout lead to; ckout and dout, output pins at 0;
    pin_reset, an output that resets the other board with a 0; timeout, ms without a sign of life after which that is
    taken to have crashed, 0: never; string_mode, send text as it is, and not any object as JSON; verbose, print what
    happens. queue, how many objects may wait, each way; max_length, bytes of the longest; rest_ms, between bits while
    there is nothing to send.
    Raises TypeError for what is no pin, ValueError for numbers that are too small.

    `bad` counts what came garbled, `lost` the objects that were dropped: those that came while `queue` others waited to
    be taken, and those sent while the link was down. `restarts` counts how often it was.
    """

    def __init__(
        self, passive, ckin, ckout, din, dout, pin_reset=None, timeout=0, string_mode=False, verbose=True,
        *, queue=20, max_length=500, rest_ms=5,
    ):  # fmt: skip
        if timeout:
            check_time("timeout, or 0 for none,", timeout, "ms", SHORTEST)
        check_whole("queue", queue)
        check_whole("max_length", max_length)
        check_time("rest_ms", rest_ms, "ms", 1)
        self.bad = 0
        self.lost = 0
        self.restarts = 0
        self._name = "passive" if passive else "initiator"
        self._reset = pin_reset
        self._timeout = timeout
        self._as_text = string_mode
        self._verbose = verbose
        self._size = queue
        self._max_length = max_length
        self._rest_ms = rest_ms
        self._line = ClockedLine(passive, ckin, ckout, din, dout, max_length + 5)
        self._state = DOWN
        self._changed = Event()
        self._started = False
        self._loop = None  # that of `start`
        self._must_reset = True
        self._id = b""  # of this session
        self._peer = None  # the other end's, once it has called
        self._calls = []  # calls and answers to be sent, before objects
        self._to_send = Queue(queue)
        self._received = Queue(queue)

    def send(self, obj):
        """Send an object, or in string mode a str. Never waits.

        QueueFull if `queue` are waiting already. ValueError if it is too long, or a text has a "\\0"; what `json`
        raises for an object that it can't write. While the link is down it is dropped, and counts in `lost`.
        """
        text = obj if self._as_text else json.dumps(obj)
        if not isinstance(text, str):
            raise TypeError("in string mode a str is sent, not " + repr(obj))
        if "\0" in text:
            raise ValueError('a text that is sent has no "\\0" in it')
        data = text.encode()
        if len(data) > self._max_length:
            raise ValueError("an object has " + str(self._max_length) + " bytes at the most, not " + str(len(data)))
        if self._state != RUNNING:
            self.lost += 1
            return
        check_home(self._loop, "this SynCom")
        self._to_send.put_nowait(packed(b"T", data))
        self._line.flag.set()

    def any(self):
        """How many objects have come and were not taken; None while the link is down."""
        return self._received.qsize() if self._state == RUNNING else None

    def running(self):
        """Whether the link is up."""
        return self._state == RUNNING

    async def await_obj(self, t_ms=10):
        """The next object; None if the link is down, or goes down meanwhile. `t_ms` is upstream's, and not needed."""
        if self._state != RUNNING:
            return None
        check_home(self._loop, "this SynCom")
        try:
            return await self._received.get()
        except QueueShutDown:
            return None

    def stop(self):
        """Take the link down, as if the other end had crashed: `start` begins anew. Again: nothing happens."""
        if self._state != DOWN:
            check_home(self._loop, "this SynCom")
        self._set(DOWN)

    async def start(self, user_task=None, awaitable=None):
        """Run the link until this is cancelled: reset the other board, call it, and once it answers await
        `user_task(self)`; when that has returned, or the link is down if there is none, await `awaitable()`, and begin
        anew. RuntimeError if it runs already. What these two raise ends it."""
        if self._started:
            raise RuntimeError("this SynCom runs already: start() is awaited once at a time")
        self._started = True
        self._loop = get_event_loop()
        try:
            while True:
                await self._session(user_task)
                self.restarts += 1
                if awaitable is not None:
                    await awaitable()
        finally:
            self._started = False

    async def _session(self, user_task):
        if self._must_reset:
            await self._reset_other()
        self._must_reset = True
        self._id = b"%04x" % int.from_bytes(os.urandom(2), "little")
        self._peer = None
        self._calls = []
        self._to_send = Queue(self._size)
        self._received = Queue(self._size)
        self._state = CALLING
        self._tell("awaiting sync...")
        tasks = []
        try:
            self._line.begin()
            tasks.append(create_task(self._pump()))
            tasks.append(create_task(self._watch()))
            if not self._line.interrupts:
                tasks.append(create_task(self._poll()))
            await self._while(CALLING)
            if self._state == RUNNING:
                self._tell("synchronised.")
                if user_task is None:
                    await self._while(RUNNING)
                else:
                    await user_task(self)
        finally:
            self._set(DOWN)
            for task in tasks:
                task.cancel()
            self._line.end()

    async def _reset_other(self):
        if self._reset is not None:
            self._tell("resetting target...")
            self._reset(0)
            await sleep_ms(RESET_MS)
            self._reset(1)
            await sleep_ms(BOOT_MS)

    async def _while(self, state):
        while self._state == state:
            self._changed.clear()
            await self._changed.wait()

    def _set(self, state):
        if self._state != state and self._state != DOWN:  # out of which only a new session leads
            self._state = state
            self._changed.set()
            if state == DOWN:
                self._received.shutdown(True)

    def _tell(self, text):
        if self._verbose:
            print(self._name, text)

    async def _pump(self):
        """Keep the line supplied, and take what it holds."""
        line = self._line
        while True:
            await line.flag.wait()
            if line.whole:
                self._accept(line.take())
            self._supply()
            if line.held:
                if line.resting():
                    await sleep_ms(self._rest_ms)
                    self._supply()
                line.release()

    def _supply(self):
        if self._line.free():
            if self._calls:
                self._line.send(self._calls.pop(0))
            elif self._state == RUNNING and not self._to_send.empty():
                self._line.send(self._to_send.get_nowait())

    async def _poll(self):
        while True:
            self._line.poll()
            await sleep_ms(1)

    async def _watch(self):
        """Call the other end until it answers, and see whether it goes on."""
        line = self._line
        steps = quiet = called = calling = 0
        while self._state != DOWN:
            if self._state == CALLING:
                if called <= 0:
                    if not self._calls:
                        self._calls.append(packed(b"?", self._id))
                        line.flag.set()
                    called = CALL_MS
                called -= WATCH_MS
                calling += WATCH_MS
            await sleep_ms(WATCH_MS)
            if line.steps != steps:
                steps = line.steps
                quiet = 0
            else:
                line.nudge(steps)
                quiet += WATCH_MS
            if self._timeout and (quiet >= self._timeout or (self._state == CALLING and calling >= self._timeout)):
                self._tell("timeout.")
                self._set(DOWN)

    def _accept(self, record):
        kind, data = (None, None) if record is None else unpacked(record)
        if kind == b"?":
            if self._peer is None or self._peer == data:
                self._peer = data
                answer = packed(b"!", data)
                if answer not in self._calls:
                    self._calls.append(answer)
                self._set(RUNNING)
            else:
                self._tell("the other end has begun anew.")
                self._must_reset = False
                self._set(DOWN)
        elif kind == b"!":
            if data == self._id:
                self._set(RUNNING)
        elif kind != b"T" or not self._receive(data):
            self.bad += 1

    def _receive(self, data):
        """Give an object to who awaits it; False if it is none."""
        if self._state != RUNNING:
            self.lost += 1
            return True
        try:
            text = data.decode()
            obj = text if self._as_text else json.loads(text)
        except (ValueError, RuntimeError):  # of nesting too deep, the latter
            return False
        try:
            self._received.put_nowait(obj)
        except QueueFull:
            self.lost += 1
        return True
