"""`ssl`: the desktop's own, with streams as MicroPython's, and the function that it has kept."""

from __future__ import annotations

import base64
import socket
import ssl
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, ClassVar

from .modules import buffer, module
from .mp_socket import Stream, call_outside

if TYPE_CHECKING:
    from .world import World

NAMES = ("CERT_NONE", "CERT_OPTIONAL", "CERT_REQUIRED", "PROTOCOL_TLS_CLIENT", "PROTOCOL_TLS_SERVER")

PEM = b"-----BEGIN"
OF_RSA = b"\x02\x01\x00\x02\x82"  # PKCS #1: version 0, then a long number; PKCS #8 has an algorithm there


class SSLSocket(Stream, ssl.SSLSocket):  # type: ignore[misc]
    """What a context makes of a socket: a stream, too. Python's own `read`, of so many bytes at most, is `recv`."""

    world: ClassVar[World]

    def recv(self, count: int = 1024, flags: int = 0) -> bytes:
        return self._do(lambda: ssl.SSLSocket.read(self, count))  # type: ignore[no-any-return]

    def recv_into(self, buf: Any, count: int | None = None, flags: int = 0) -> int:
        room = memoryview(buf)
        return self._do(lambda: ssl.SSLSocket.read(self, count or len(room), room))  # type: ignore[no-any-return]

    def send(self, data: Any, flags: int = 0) -> int:
        return self._do(lambda: ssl.SSLSocket.send(self, buffer(data)))  # type: ignore[no-any-return]

    def sendall(self, data: Any, flags: int = 0) -> None:
        left = memoryview(buffer(data))
        while left:
            left = left[self.send(left) :]

    def _do(self, act: Callable[[], Any]) -> Any:
        return act() if self.gettimeout() == 0 else call_outside(self.world, act)


class SSLContext(ssl.SSLContext):
    """As MicroPython's: nothing is verified until `verify_mode` says so."""

    world: ClassVar[World]

    def __new__(cls, protocol: int) -> SSLContext:
        made = super().__new__(cls, protocol)
        made.check_hostname = False
        made.verify_mode = ssl.CERT_NONE
        return made

    def wrap_socket(  # type: ignore[override]
        self,
        sock: Any,
        *,
        server_side: bool = False,
        do_handshake_on_connect: bool = True,
        server_hostname: str | None = None,
    ) -> Any:
        plain = socket.socket(fileno=sock.detach())  # TLS must read and write without the board's wrapping
        return call_outside(
            self.world,
            lambda: super(SSLContext, self).wrap_socket(
                plain,
                server_side=server_side,
                do_handshake_on_connect=do_handshake_on_connect,
                server_hostname=server_hostname,
            ),
        )

    def load_cert_chain(self, cert: Any, key: Any = None) -> None:  # type: ignore[override]
        """Files of the board's, by name, or what is in them, as PEM or DER."""
        with tempfile.TemporaryDirectory() as folder:
            files = [
                self._file(given, Path(folder, name), name) for name, given in (("cert", cert), ("key", key)) if given
            ]
            super().load_cert_chain(files[0], files[-1] if key else None)

    def load_verify_locations(self, cafile: Any = None, cadata: Any = None) -> None:  # type: ignore[override]
        """Whom to trust: a file of the board's, by name, or what is in it, as PEM or DER."""
        if isinstance(cadata, (bytes, bytearray)) and cadata.startswith(PEM):
            cadata = cadata.decode()
        super().load_verify_locations(cafile=None if cafile is None else self.world.files.real(cafile), cadata=cadata)

    def _file(self, given: Any, at: Path, what: str) -> Path:
        if isinstance(given, str):
            return self.world.files.real(given)
        data = bytes(given)
        if not data.startswith(PEM):
            kind = "CERTIFICATE" if what == "cert" else "RSA PRIVATE KEY" if OF_RSA in data[:16] else "PRIVATE KEY"
            data = f"-----BEGIN {kind}-----\n{base64.encodebytes(data).decode()}-----END {kind}-----\n".encode()
        at.write_bytes(data)
        return at


def make(world: World) -> ModuleType:
    """`ssl` for the application of one board."""

    secure = type("SSLSocket", (SSLSocket,), {"world": world})
    context_kind = type("SSLContext", (SSLContext,), {"world": world, "sslsocket_class": secure})

    def wrap_socket(
        sock: Any,
        server_side: bool = False,
        key: Any = None,
        cert: Any = None,
        cert_reqs: int = ssl.CERT_NONE,
        cadata: Any = None,
        server_hostname: str | None = None,
        do_handshake: bool = True,
    ) -> Any:
        context = context_kind(ssl.PROTOCOL_TLS_SERVER if server_side else ssl.PROTOCOL_TLS_CLIENT)
        if cert is not None:
            context.load_cert_chain(cert, key)
        if cadata is not None:
            context.load_verify_locations(cadata=cadata)
        context.verify_mode = ssl.VerifyMode(cert_reqs)
        return context.wrap_socket(
            sock, server_side=server_side, do_handshake_on_connect=do_handshake, server_hostname=server_hostname
        )

    constants = {name: getattr(ssl, name) for name in NAMES}
    return module("ssl", SSLContext=context_kind, wrap_socket=wrap_socket, **constants)
