"""open_connection: a TCP connection to a host, as a Stream. And how names become addresses. Scheduler side only.

Numeric addresses never block. Names are looked up by `offload`, on a thread of its own, or by `resolver` if one is set.
Where offload is not installed, and on RP2, whose network belongs to core 0, the system's look-up is called directly: that
stops every task of this loop until it answers.
"""

import errno
import socket

from .context import get_event_loop
from .lazy import above
from .native import MICROPYTHON
from .stream import Stream

resolver = None  # in place of offload's: async (host, port, 0, SOCK_STREAM) -> what socket.getaddrinfo returns
CONNECTED = (0, 106, 56, 127)  # EISCONN of MicroPython and Linux, macOS, lwIP


async def look_up(host, port):
    """The addresses of `host` for TCP: a list as of `socket.getaddrinfo`. ValueError for a port that is none."""
    if isinstance(port, int) and not 0 <= port < 65536:  # the system would cut it to 16 bits, and take that port
        raise ValueError("a port is a number from 0 to 65535, not " + str(port))
    if is_numeric(host):
        return socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM)
    ask = resolver
    if ask is None:
        try:
            ask = above("offload.names", "getaddrinfo")
        except ImportError:
            return socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM)
    return await ask(host, port, 0, socket.SOCK_STREAM)


def is_numeric(host):
    """Whether `host` is an IPv4 or IPv6 address, and no name."""
    return not host or ":" in host or all(c in "0123456789." for c in host)


async def open_connection(host, port, ssl=None, server_hostname=None):
    """Connect to `host`, each of its addresses in turn until one answers. Returns (stream, the same stream).

    OSError if none does: the only one's error, or one that names all. `ssl`: True, or a context with `wrap_socket`.
    """
    errors = []
    for address in await look_up(host, port):
        try:
            sock = await connect(address)
            break
        except OSError as exc:
            errors.append(exc)
    else:
        if len(errors) == 1:
            raise errors[0]
        text = "no address of " + str(host) + " answers: " + "; ".join([str(exc) for exc in errors])
        raise OSError(errors[0].errno if errors else errno.EHOSTUNREACH, text)
    try:
        if ssl:
            sock = _secure(sock, ssl, server_hostname or host)
            await shake_hands(sock)
        stream = Stream(sock, {"peername": address[-1], "socket": sock})
    except BaseException:
        sock.close()
        raise
    return stream, stream


async def connect(address):
    """A socket connected to `address`, an entry of getaddrinfo's list; closed again if that fails or is cancelled."""
    sock = socket.socket(*address[:3])
    try:
        sock.setblocking(False)
        try:
            sock.connect(address[-1])
        except OSError as exc:
            if exc.errno not in (errno.EINPROGRESS, errno.EAGAIN, errno.EALREADY):
                raise
            while not await _has_connected(sock, address[-1]):
                pass
        without_delay(sock)
        return sock
    except BaseException:
        sock.close()
        raise


async def _has_connected(sock, address):
    await get_event_loop().queue_write(sock)
    if not MICROPYTHON:
        import os

        error = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if error:
            raise OSError(error, os.strerror(error))
        return True
    try:
        sock.connect(address)  # its ports can't ask for SO_ERROR; this tells
    except OSError as exc:
        if exc.errno in (errno.EINPROGRESS, errno.EALREADY):
            return False
        if exc.errno not in CONNECTED:
            raise
    return True


def without_delay(sock):
    """Send what is written at once, as a stream's writer means it, on CPython; ports of MicroPython choose themselves."""
    if not MICROPYTHON and sock.family in (socket.AF_INET, socket.AF_INET6):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _secure(sock, context, hostname):
    import ssl

    if context is True:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if MICROPYTHON else ssl.create_default_context()
    return context.wrap_socket(sock, server_hostname=hostname, do_handshake_on_connect=False)


async def shake_hands(sock):
    """Agree on keys with the other side. On MicroPython the first read or write does this."""
    sock.setblocking(False)
    if not MICROPYTHON:
        from .tls_cpython import handshake

        await handshake(sock)
