"""getaddrinfo and gethostbyname: what the system knows of a host's name, while the scheduler goes on.

On threads of their own, the pool "dns", so that a name server that does not answer holds up nothing but other names.
"""

import socket

from .pools import pool
from .worker import RP2

TIMEOUT = 10  # seconds; the system itself may try for longer


async def getaddrinfo(host, port, family=0, type=0, proto=0, flags=0, timeout=TIMEOUT):
    """The addresses of `host`, a list as `socket.getaddrinfo` gives it. Tasks of any loop.

    OSError if it is not known (socket.gaierror on CPython). TimeoutError after `timeout` seconds, the time that other
    names take included; None for as long as the system tries. Cancelled, or late, the question is left to the system:
    its thread is free again when that gives up, and does not keep the process alive. On RP2 the network belongs to core
    0, so it blocks there, and there is no limit.
    """
    args = [host, port, family, type, proto, flags]
    while len(args) > 2 and not args[-1]:  # MicroPython takes fewer
        args.pop()
    if RP2:
        return socket.getaddrinfo(*args)
    job = pool("dns").assign(socket.getaddrinfo, *args)
    return await job.options(timeout=timeout, on_cancel="abandon", dropped=_forget)


async def gethostbyname(host, timeout=TIMEOUT):
    """The IPv4 address of `host`, a string. As getaddrinfo else."""
    found = await getaddrinfo(host, 0, socket.AF_INET, socket.SOCK_STREAM, timeout=timeout)
    address = found[0][-1]
    if isinstance(address, tuple):
        return address[0]
    return ".".join([str(byte) for byte in bytes(address)[4:8]])  # a sockaddr_in: MicroPython's unix port


def _forget(found, error):
    """Late, and nobody's loss."""
