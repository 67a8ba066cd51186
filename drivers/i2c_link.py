"""Channel: bytes both ways between two boards over I2C and two wires more. Its two ends are Responder and Initiator.

    link = Responder(I2C(0), Pin(14), Pin(15))         # any board;     the other: Initiator(pyb.I2C(1, I2C.SLAVE), ...)
    stream = link.stream()
    stream.write(b"hello\\n")
    await stream.drain()
    print(await stream.readline())

The Responder is the bus's master, the Initiator its slave; but the Initiator decides when: at the latest each `t_poll`
it lifts its wire, and they exchange what both have, first what the Initiator has, then the other's. Each sends two
bytes, the length of what it has (little-endian), with bit 15 set if it has no room for what the other end has; then
that. Each transfer is acknowledged on the wires, so that either end takes its time. There is no checksum: where the
bus picks up noise, put one into what you send. On boards of the same kind a UART is simpler, where there is one.

An end that finds the other gone, or not doing as it should, keeps its wire up for BREAK times `timeout`, by when the
other has noticed; then both let go of theirs and begin anew.
"""

from ..core.context import create_task, get_event_loop
from ..core.deadline import wait_for_ms
from ..core.errors import TimeoutError
from ..core.event import Event
from ..core.native import MICROPYTHON
from ..core.sleep import sleep_ms
from ..core.stream_errors import closed_error
from ..primitives.calling import end
from ..threadsafe.bytepipe import BytePipe
from ..threadsafe.pipestream import PipeStream, RawPipe
from .arguments import check_time
from .home import check_home
from .i2c_link_pins import Handshake

if MICROPYTHON:
    from time import ticks_diff, ticks_us

HOLD = 0x80  # of a header's second byte
LONGEST = 0x7FFE  # a header of a bus at rest says 0x7FFF
BREAK = 3  # timeouts: an exchange that was under way, the next one, and the time between
SHORTEST = 10  # ms, of a timeout
EPROTO = 71


class Channel(RawPipe):
    """What both ends have in common. See Responder and Initiator.

    | method | who may call | blocks |
    |---|---|---|
    | `stream()`, `close()`, `write`, `read`, `readinto`, `readline`, `ioctl` | tasks of its loop | never |
    | `await ready()`, `flush()`, and `reboot()` of an Initiator | these, any number | the task |
    | what `stream()` returns | these: one that reads, others that write | the task |
    | `synchronised` and the counts | any context | never |
    | the interrupt of the other end's pin | hard ISR; on RP2 core 0's | never, and allocates nothing |

    It is a stream with `ioctl`, for `StreamReader(link)` and other code; `stream()` costs less. While the link is down
    who writes waits. Closing it closes the link at once, `flush` before that if all is to arrive: what has come can be
    read, then it is at the end; who writes gets an OSError; again: nothing happens.

    When the link breaks, what was written and was not at the other end yet is dropped, and counted in `lost`, bytes; so
    is what came although there was no room. Part of that may have arrived. `bad` counts headers that made no sense,
    `naks` transfers that were not acknowledged and made again, `nboots` how often the link broke or could not be made.
    `block_cnt` exchanges have blocked the loop in I2C for `block_sum` us together, the longest for `block_max`.

    `rxbufsize`, bytes that are sent at once, and `timeout`, ms that an exchange may last, are set before it is made
    (`Responder.rxbufsize = 400`); let both be the same at both ends, and `timeout` longer than either program blocks.
    """

    rxbufsize = 200
    timeout = 500

    def __init__(self, i2c, own, rem, verbose):
        size = self.rxbufsize
        if not isinstance(size, int) or not 0 < size <= LONGEST:
            raise ValueError("rxbufsize is 1 to " + str(LONGEST) + " bytes, not " + repr(size))
        check_time("timeout", self.timeout, "ms", SHORTEST)
        RawPipe.__init__(self, BytePipe(2 * size), BytePipe(size))
        self.synchronised = False
        self.lost = 0
        self.bad = 0
        self.naks = 0
        self.nboots = 0
        self.block_max = 0
        self.block_sum = 0
        self.block_cnt = 0
        self._i2c = i2c
        self._verbose = verbose
        self._blocked = 0  # us, in this exchange
        self._header = bytearray(2)  # that goes out
        self._got = bytearray(2)  # that came
        self._view = memoryview(bytearray(size))
        self._payload = b""  # on its way: it may have arrived or not
        self._may_send = False  # the other end has room
        self._moved = False  # there were bytes in this exchange
        self._up = Event()
        self._gone = Event()  # what was on its way
        self._loop = get_event_loop()
        self._clock = self._loop.clock
        self._wires = Handshake(own, rem)
        self._task = create_task(self._run())

    # For its users.

    def stream(self):
        """A `core.Stream` over the link, for one task that reads and others that write. Its `close` closes the link."""
        return PipeStream(self, {})

    async def ready(self):
        """Wait until the link is up. OSError if it is closed."""
        while not self.synchronised:
            if self._task is None:
                raise closed_error()
            check_home(self._loop, "this link")
            self._up.clear()
            await self._up.wait()

    async def flush(self):
        """Wait until all that was written is at the other end, or in `lost`, as the link broke or was closed."""
        while self.outgoing.any() or self._payload:
            check_home(self._loop, "this link")
            self._gone.clear()
            await self._gone.wait()

    def write(self, buf):
        """See RawPipe."""
        check_home(self._loop, "this link")
        count = RawPipe.write(self, buf)
        self._wires.flag.set()
        return count

    def close(self):
        """End the link: no task is left, and no interrupt."""
        task = self._task
        if task is None:
            return
        end(task)  # first of all: it refuses another context
        self._task = None
        self._drop()
        RawPipe.close(self)
        self.lost += len(self.outgoing.take())
        self._wires.close()
        self._up.set()
        self._gone.set()
        self._tell("closed")

    # For its ends: an exchange is what they have between them.

    async def _begin(self):
        """Have the other end begin anew, and wait until it has."""
        raise NotImplementedError

    async def _exchange_when_due(self):
        raise NotImplementedError

    async def _after_break(self):
        """What is to be done before it is tried again."""

    def _came_up(self):
        self._tell("synchronised")

    async def _break(self):
        self._wires.put(1)
        await sleep_ms(BREAK * self.timeout)

    async def _limited(self, exchange):
        """One exchange. OSError or TimeoutError: the link is broken."""
        self._blocked = 0
        self._moved = False
        await wait_for_ms(exchange, self.timeout)
        self.block_cnt += 1
        self.block_sum += self._blocked
        self.block_max = max(self.block_max, self._blocked)
        if not self.synchronised:
            self.synchronised = True
            self._up.set()
            self._came_up()

    async def _patient(self, transfer, buf):
        """`transfer(buf)`, until it is acknowledged."""
        while True:
            start = self._ticks()
            try:
                transfer(buf)
                return
            except OSError:
                self.naks += 1
            finally:
                self._blocked += ticks_diff(self._ticks(), start) if MICROPYTHON else self._clock.now() - start
            await sleep_ms(1)

    def _ticks(self):
        return ticks_us() if MICROPYTHON else self._clock.now()

    def _prepare(self):
        """What goes out in this exchange: `_header` and `_payload`."""
        self._payload = b""
        if self.synchronised and self._may_send:
            self._payload = self.outgoing.take(self.rxbufsize)
        count = len(self._payload)
        self._header[0] = count & 0xFF
        self._header[1] = count >> 8 | (0 if self.incoming.room() >= self.rxbufsize else HOLD)

    def _sent(self):
        self._moved = self._moved or len(self._payload) > 0
        self._payload = b""
        self._gone.set()

    def _announced(self):
        """How many bytes come, as the header says. OSError if it makes no sense."""
        low, high = self._got
        self._may_send = not high & HOLD
        count = low | (high & ~HOLD) << 8
        if count > self.rxbufsize:
            self.bad += 1
            raise OSError(EPROTO, "the other end wants to send " + str(count) + " bytes, not rxbufsize at the most")
        return count

    def _receive(self, count):
        self.lost += count - self.incoming.write(self._view[:count])
        self._moved = True

    def _drop(self):
        """The link is down."""
        if self.synchronised:
            self.lost += len(self._payload) + len(self.outgoing.take())
        self.synchronised = False
        self._may_send = False
        self._payload = b""
        self._gone.set()

    def _tell(self, text):
        if self._verbose:
            print(type(self).__name__, text)

    async def _run(self):
        while self._task is not None:
            try:
                self._tell("synchronising")
                await self._begin()
                while self._task is not None:  # what cr_go calls may have closed it
                    await self._exchange_when_due()
                return
            except (OSError, TimeoutError) as exc:
                self._tell("lost the other end: " + (str(exc) or "it does not answer"))
            except Exception as exc:  # of a pin or a bus that is none: it is known, and tried again
                loop = get_event_loop()
                loop.call_exception_handler({"message": "an I2C link broke", "exception": exc, "future": loop.current})
            if self._task is not None:
                self.nboots += 1
                self._drop()
                await self._after_break()
