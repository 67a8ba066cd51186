"""`socket`: the desktop's own, with MicroPython's stream methods and errors."""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Callable
from types import ModuleType
from typing import TYPE_CHECKING, Any

from .modules import buffer, module, written
from .runtime import os_error

if TYPE_CHECKING:
    from .world import World

NAMES = (
    "AF_INET AF_INET6 IPPROTO_IP IPPROTO_TCP IPPROTO_UDP IP_ADD_MEMBERSHIP MSG_DONTWAIT MSG_PEEK SOCK_DGRAM SOCK_RAW "
    "SOCK_STREAM SOL_SOCKET SO_BROADCAST SO_ERROR SO_KEEPALIVE SO_LINGER SO_REUSEADDR TCP_NODELAY inet_ntop inet_pton"
)


def call_outside(world: World, function: Callable[[], Any]) -> Any:
    """Call what blocks outside the board's time; its errors are a board's."""
    world.interrupts.refuse("use the network")
    result: list[Any] = []

    def call() -> None:
        result.append(function())

    try:
        world.time.call_outside(call)
    except TimeoutError as error:
        raise os_error(error.errno or errno.ETIMEDOUT) from None
    except socket.gaierror as error:
        raise OSError(error.errno) from None
    except ssl.SSLError:
        raise
    except OSError as error:
        raise os_error(error.errno or errno.EIO) from None
    world.spend()
    return result[0]


class Stream:
    """The methods of a stream, for a socket that has `recv`, `send` and `sendall`."""

    recv: Callable[[int], bytes]
    send: Callable[[Any], int]
    sendall: Callable[[Any], None]
    gettimeout: Callable[[], float | None]

    def read(self, count: int = -1) -> bytes | None:
        """So many bytes, fewer at the end of the stream; without it all. None: not yet, and it does not wait."""
        data = b""
        while count < 0 or len(data) < count:
            try:
                more = self.recv(4096 if count < 0 else count - len(data))
            except OSError as error:
                if not _is_early(error):
                    raise
                return data or None
            if not more:
                break
            data += more
        return data

    def readinto(self, buf: Any, count: int = 0) -> int | None:
        data = self.read(count or len(buf))
        if data is None:
            return None
        memoryview(buf)[: len(data)] = data
        return len(data)

    def readline(self) -> bytes | None:
        """Up to the end of the line, or of the stream. None: nothing yet, and it does not wait."""
        line = b""
        while not line.endswith(b"\n"):
            more = self.read(1)
            if not more:
                return line if line or more is not None else None
            line += more
        return line

    def write(self, data: Any, *limits: int) -> int | None:
        """All of `data`, or so many bytes; what there is room for if it does not wait, None for nothing."""
        data = written(data, limits)
        if self.gettimeout() is None:
            self.sendall(data)
            return len(data)
        try:
            return self.send(data)
        except OSError as error:
            if not _is_early(error):
                raise
            return None

    def makefile(self, *_: Any, **__: Any) -> Any:
        """Itself, as on a board."""
        return self


def _is_early(error: OSError) -> bool:
    """Whether it says that a socket that does not wait is not ready."""
    return error.errno == errno.EAGAIN or isinstance(error, (ssl.SSLWantReadError, ssl.SSLWantWriteError))


def make(world: World) -> ModuleType:
    """`socket` for the application of one board."""

    def outside(function: Callable[[], Any]) -> Any:
        return call_outside(world, function)

    class Socket(socket.socket, Stream):
        """A socket that is a stream too."""

        makefile: Any = Stream.makefile

        def accept(self) -> tuple[Any, Any]:
            descriptor, address = outside(self._accept)  # type: ignore[attr-defined]
            own = Socket(self.family, self.type, self.proto, fileno=descriptor)
            own.settimeout(None)
            return own, address

        def connect(self, address: Any) -> None:
            outside(lambda: super(Socket, self).connect(address))

        def recv(self, count: int, flags: int = 0) -> bytes:
            return outside(lambda: super(Socket, self).recv(count, flags))  # type: ignore[no-any-return]

        def recv_into(self, buf: Any, count: int = 0, flags: int = 0) -> int:
            return outside(lambda: super(Socket, self).recv_into(buf, count, flags))  # type: ignore[no-any-return]

        def recvfrom(self, count: int, flags: int = 0) -> tuple[bytes, Any]:
            return outside(lambda: super(Socket, self).recvfrom(count, flags))  # type: ignore[no-any-return]

        def send(self, data: Any, flags: int = 0) -> int:
            return outside(lambda: super(Socket, self).send(buffer(data), flags))  # type: ignore[no-any-return]

        def sendall(self, data: Any, flags: int = 0) -> None:
            outside(lambda: super(Socket, self).sendall(buffer(data), flags))

        def sendto(self, data: Any, address: Any) -> int:  # type: ignore[override]
            return outside(lambda: super(Socket, self).sendto(buffer(data), address))  # type: ignore[no-any-return]

    def getaddrinfo(host: str, port: int, *more: int) -> list[Any]:
        return outside(lambda: socket.getaddrinfo(host, port, *more))  # type: ignore[no-any-return]

    constants = {name: getattr(socket, name) for name in NAMES.split() if hasattr(socket, name)}
    return module("socket", getaddrinfo=getaddrinfo, socket=Socket, **constants)
