"""machine.UART, and what pyb.UART shares with it: a stream of bytes on two pins.

Args of `init`: baudrate; bits, 7 to 9 (a byte arrives as it is); parity, None, 0 or 1; stop, 1 or 2; tx, rx, Pins;
timeout and timeout_char, ms that a read waits for the first byte and between two; txbuf, rxbuf, sizes of buffers.
A UART is polled by `ioctl`, and tells a waiting loop by `call_when_ready`, so that the loop needn't poll.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..board import Wakeable
from . import pins_of
from .i2c import as_bytes
from .modules import written
from .of_board import OfBoard, bound

if TYPE_CHECKING:
    from ..board.buses import SerialPort
    from .world import World

KEEP: Any = object()
READABLE, WRITABLE = 1, 4  # of ioctl(POLL)
FLUSH, POLL, CLOSE = 1, 3, 4
EINVAL, ETIMEDOUT = 22, 110
IRQS = {  # the triggers that each port has
    "rp2": {"IRQ_RXIDLE": 0x040, "IRQ_TXIDLE": 0x020, "IRQ_BREAK": 0x200},
    "esp32": {"IRQ_RX": 1, "IRQ_RXIDLE": 0x1000, "IRQ_BREAK": 0x80},
    "pyboard": {"IRQ_RX": 0x20, "IRQ_RXIDLE": 0x10},
}
FIFO = {"rp2": 32, "esp32": 128, "pyboard": 1}  # bytes that are on their way beside those in txbuf
LARGEST = 32766  # rxbuf or txbuf of an RP2
BUFFER = {"rp2": (256, 256), "esp32": (256, 256), "pyboard": (64, 0)}  # bytes of rxbuf and txbuf


class UART(OfBoard):
    """UART number `id`; the rest as `init`. ValueError for a number or a pin that there is not."""

    _port: SerialPort

    def __init__(self, id: Any, *args: Any, **settings: Any) -> None:
        board = self._board
        board.interrupts.refuse("make a UART")
        self._id = pins_of.number_of(board, "UART", id)
        self._user = f"UART({self._id})"
        self._port = board.uart(self._id)
        self._settings: dict[str, Any] = {"baudrate": 115_200, "bits": 8, "parity": None, "stop": 1}
        self._settings |= {"timeout": 0, "timeout_char": 0}
        self._rxbuf, self._txbuf = BUFFER[board.kind.platform]
        self._pins: dict[str, Any] = {"tx": None, "rx": None}
        self._bell = Wakeable()  # of a thread that waits to read
        self._waker: Callable[[], object] | None = None
        self._handler: Callable[[UART], object] | None = None
        self._trigger = 0
        self._hard = False
        self._flags = 0
        self._open = False
        self._goes_on()
        if args or settings or board.kind.platform != "pyboard":
            self.init(*args, **settings)

    def init(
        self, baudrate: int = KEEP, bits: int = KEEP, parity: int | None = KEEP, stop: int = KEEP, *, tx: Any = None,
        rx: Any = None, timeout: int = KEEP, timeout_char: int = KEEP, rxbuf: int = KEEP, txbuf: int = KEEP,
        read_buf_len: int = KEEP, rts: Any = None, cts: Any = None, flow: int = 0, invert: int = 0,
    ) -> None:
        """See the module; what is left out stays as it was. `rts`, `cts`, `flow` and `invert` change nothing here."""
        given = {"baudrate": baudrate, "bits": bits, "parity": parity, "stop": stop}
        given |= {"timeout": timeout, "timeout_char": timeout_char}
        settings = self._settings | {name: value for name, value in given.items() if value is not KEEP}
        self._check(settings)
        chosen = {"tx": self._pins["tx"] if tx is None else tx, "rx": self._pins["rx"] if rx is None else rx}
        pins = pins_of.pins_for(self._board, "UART", self._id, chosen)
        self._settings, port = settings, self._port
        pins_of.release(self._board, self._user)
        transmit, receive = pins_of.claim(self._board, self._user, pins["tx"], pins["rx"])
        self._pins = dict(pins)
        transmit.output(1)
        port.baudrate = settings["baudrate"]
        port.frame_bits = 1 + settings["bits"] + (settings["parity"] is not None) + settings["stop"]
        size = rxbuf if rxbuf is not KEEP else read_buf_len
        for buffer, asked in (("rxbuf", size), ("txbuf", txbuf)):
            if self._board.kind.platform == "rp2" and asked is not KEEP and asked > LARGEST:
                raise ValueError(f"{buffer} too large: a Pico's UART takes up to {LARGEST} bytes")
        self._rxbuf = self._rxbuf if size is KEEP else max(size, 32 if self._board.kind.platform == "rp2" else 1)
        self._txbuf = self._txbuf if txbuf is KEEP else txbuf
        port.rx_size = self._rxbuf
        if not self._open:
            port.received.clear()
        port.place(transmit, receive)
        port.on_received = self._arrived
        port.on_idle = self._fell_idle
        self._open = True

    def _check(self, settings: dict[str, Any]) -> None:
        wrong = {
            "baudrate": not 50 <= settings["baudrate"] <= 10_000_000,
            "bits": settings["bits"] not in (5, 6, 7, 8, 9),
            "parity": settings["parity"] not in (None, 0, 1),
            "stop": settings["stop"] not in (1, 2),
        }
        for name, is_wrong in wrong.items():
            if is_wrong:
                raise ValueError(f"UART({self._id}) can't have {name}={settings[name]!r}")

    def deinit(self) -> None:
        """Turn it off: it receives no more, and has no pins."""
        self._open = False
        self._handler = None
        if self._pins["tx"] is not None and self._board.users.get(self._pins["tx"]) == self._user:
            self._board.line(self._pins["tx"]).output(None)
        self._port.silence()
        pins_of.release(self._board, self._user)

    close = deinit

    # Receiving

    def any(self) -> int:
        """How many bytes can be read at once."""
        return len(self._port.received)

    def read(self, nbytes: int = -1) -> bytes | None:
        """Up to `nbytes` bytes, or all that come; None if none came within the timeout. Blocks."""
        self._board.interrupts.refuse("make the bytes that UART.read returns: use readinto")
        if nbytes is not None and nbytes >= 0:
            return self._collect(nbytes)
        data = bytearray()
        while True:
            more = self._collect(max(1, len(self._port.received)))
            if more is None:
                return bytes(data) if data else None
            data += more

    def readinto(self, buf: Any, nbytes: int = -1) -> int | None:
        """Read into `buf`, up to its length or `nbytes`. Returns how many came, None if none did in time. Blocks."""
        size = len(buf) if nbytes < 0 else min(nbytes, len(buf))
        data = self._collect(size)
        if data is None:
            return None
        buf[: len(data)] = data
        return len(data)

    def readline(self, max_size: int = -1) -> bytes | None:
        """Up to and with the next newline, or what came before the timeout; None if nothing did. Blocks."""
        self._board.interrupts.refuse("make the bytes that UART.readline returns")
        line = bytearray()
        while line[-1:] != b"\n" and len(line) != max_size:
            byte = self._collect(1)
            if byte is None:
                break
            line += byte
        return bytes(line) if line else None

    def readchar(self) -> int:
        """The next byte as a number; -1 if none came in time."""
        byte = self._collect(1)
        return -1 if byte is None else byte[0]

    def _collect(self, size: int) -> bytes | None:
        self._check_open()
        if not size:
            return b""
        data = bytearray()
        received, now = self._port.received, self._board.time.now
        until = now() + self._settings["timeout"] * 1000
        least = 13_000_000 // self._settings["baudrate"] + 1  # a byte's time, as ports have it
        while len(data) < size:
            if received:
                data.append(received.popleft())
                until = now() + max(self._settings["timeout_char"] * 1000, least)
            elif now() >= until or self._board.interrupts.in_handler():
                break
            else:
                self._wait(until)
        return bytes(data) if data else None

    def _wait(self, until: int) -> None:
        self._bell.take()
        if not self._port.received:
            self._world.sleep(until, self._bell)

    # Sending

    def write(self, buf: Any, *limits: int) -> int | None:
        """Send `buf`, bytes or str. Returns how many bytes are on their way, None if none could be; blocks while the
        buffer is full, for the timeout at most."""
        self._check_open()
        data = as_bytes(written(buf, limits))
        now, sent = self._board.time.now, 0
        until = now() + self._settings["timeout"] * 1000
        while sent < len(data):
            room = self._room()
            if room > 0:
                piece = data[sent : sent + room]
                self._port.transmit(piece)
                sent += len(piece)
                until = now() + self._settings["timeout_char"] * 1000 + round(13e6 / self._settings["baudrate"])
            elif now() >= until or self._board.interrupts.in_handler():
                break
            else:
                self._world.sleep(now() + max(1, round(self._port.byte_time())))
        if self._board.kind.platform == "pyboard" and not self._txbuf and not self._board.interrupts.in_handler():
            self._world.sleep(self._port.busy_until() - round(self._port.byte_time()))
        if sent:
            self._tell_when_sent()
        return sent if sent or not data else None

    def writechar(self, char: int) -> None:
        """Send one byte."""
        self.write(bytes((char & 0xFF,)))

    def sendbreak(self) -> None:
        """Hold the line low for longer than a byte takes."""
        self._board.interrupts.refuse("wait for a break to be sent")
        if self._port.tx is not None:
            self._port.tx.output(0)
            self._world.sleep(self._board.time.now() + 13_000_000 // self._settings["baudrate"] + 1)
            self._port.tx.output(1)

    def txdone(self) -> bool:
        """Whether all has gone out."""
        return self._board.time.now() >= self._port.busy_until()

    def flush(self) -> None:
        """Wait until all has gone out."""
        self._board.interrupts.refuse("wait until all has been sent")
        while not self.txdone():
            self._world.sleep(self._port.busy_until())

    def _room(self) -> int:
        waiting = max(0, self._port.busy_until() - self._board.time.now()) / self._port.byte_time()
        return int(self._txbuf + FIFO[self._board.kind.platform] - waiting + 0.01)

    # Being waited for

    def ioctl(self, request: int, arg: int = 0) -> int:
        """MicroPython's stream protocol: POLL (3), FLUSH (1), CLOSE (4)."""
        if request == POLL:
            ready = READABLE if self._port.received else 0
            if arg & WRITABLE and self._room() > 0:
                ready |= WRITABLE
            return ready & arg
        if request == FLUSH:
            self.flush()
        elif request == CLOSE:
            self.deinit()
        else:
            raise OSError(EINVAL, f"a UART has no ioctl {request!r}")
        return 0

    def call_when_ready(self, fn: Callable[[], object] | None) -> None:
        """Have `fn` called, in any thread, whenever it may have become readable or writable; None: no more."""
        self._waker = fn
        if fn is not None and self._room() <= 0:
            self._board.at(self._board.time.now() + round(self._port.byte_time()) + 1, self._wake)

    def _wake(self) -> None:
        waker = self._waker
        if waker is not None:
            waker()
        self._bell.notify()

    # Interrupts

    def irq(self, handler: Callable[[UART], object] | None = None, trigger: int = 0, hard: bool = False) -> UARTIrq:
        """Have `handler(uart)` called at what `trigger` names, a sum of the UART.IRQ_ constants; None: no more.

        ValueError for a trigger that this kind of board has not.
        """
        there = IRQS[self._board.kind.platform]
        if handler is not None and (not trigger or trigger & ~sum(there.values())):
            names = " and ".join(f"UART.{name}" for name in there)
            raise ValueError(f"invalid trigger {trigger:#x}: a {self._board.kind.name} has {names}")
        if handler is not None and hard and self._board.kind.platform == "esp32":
            raise ValueError("an esp32 has no hard UART interrupts: leave `hard` out")
        self._handler, self._trigger, self._hard = handler, trigger, hard
        return UARTIrq(self)

    def _interrupt(self, name: str) -> None:
        handler, flag = self._handler, IRQS[self._board.kind.platform].get(name, 0)
        if handler is not None and flag & self._trigger:
            self._flags = flag
            self._board.interrupts.request(handler, self, self._hard, self._user, self._failed)

    def _failed(self) -> None:
        self._handler = None

    def _arrived(self) -> None:
        self._wake()
        self._interrupt("IRQ_RX")

    def _fell_idle(self) -> None:
        self._interrupt("IRQ_RXIDLE")

    def _tell_when_sent(self) -> None:
        if self._trigger & IRQS[self._board.kind.platform].get("IRQ_TXIDLE", 0):
            self._board.at(self._port.busy_until(), self._fell_silent, self._port.busy_until())

    def _fell_silent(self, since: int) -> None:
        if since == self._port.busy_until():
            self._interrupt("IRQ_TXIDLE")

    def _check_open(self) -> None:
        if not self._open:
            raise OSError(EINVAL, f"{self._user} is off: call init first")

    def __iter__(self) -> UART:
        return self

    def __next__(self) -> bytes:
        line = self.readline()
        if line is None:
            raise StopIteration
        return line

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value}" for name, value in self._settings.items())
        return f"{self._user[:-1]}, {shown}, tx={self._pins['tx']}, rx={self._pins['rx']}, rxbuf={self._rxbuf})"


class UARTIrq:
    """What `irq` of a UART returns."""

    def __init__(self, uart: UART) -> None:
        self._uart = uart

    def flags(self) -> int:
        """The trigger of the last interrupt."""
        return self._uart._flags

    def trigger(self, trigger: int | None = None) -> int:
        """What triggers it; or set that."""
        before = self._uart._trigger
        if trigger is not None:
            self._uart._trigger = trigger
        return before

    def __call__(self) -> None:
        """Call the handler."""
        if self._uart._handler is not None:
            self._uart._handler(self._uart)


def uart_class(world: World, module: str = "machine") -> type[UART]:
    """The UART of `world`'s application."""
    return bound(UART, world, module, INV_TX=1, INV_RX=2, CTS=1, RTS=2, **IRQS[world.board.kind.platform])
