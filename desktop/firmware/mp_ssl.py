"""`ssl`: the desktop's own, with the function that MicroPython has kept."""

from __future__ import annotations

import socket
import ssl
from types import ModuleType
from typing import TYPE_CHECKING, Any

from .modules import module

if TYPE_CHECKING:
    from .world import World

NAMES = ("CERT_NONE", "CERT_OPTIONAL", "CERT_REQUIRED", "PROTOCOL_TLS_CLIENT", "PROTOCOL_TLS_SERVER")


class SSLContext(ssl.SSLContext):
    """As MicroPython's: nothing is verified until `verify_mode` says so; keys and certificates may be bytes."""

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
        secure: Any = super().wrap_socket(
            plain,
            server_side=server_side,
            do_handshake_on_connect=do_handshake_on_connect,
            server_hostname=server_hostname,
        )
        return secure

    def load_verify_locations(self, cafile: Any = None, cadata: Any = None) -> None:  # type: ignore[override]
        super().load_verify_locations(cafile=cafile, cadata=cadata)


def make(world: World) -> ModuleType:
    """`ssl` for the application of one board."""

    def wrap_socket(
        sock: Any,
        server_side: bool = False,
        key: str | None = None,
        cert: str | None = None,
        cert_reqs: int = ssl.CERT_NONE,
        cadata: Any = None,
        server_hostname: str | None = None,
        do_handshake: bool = True,
    ) -> Any:
        context = SSLContext(ssl.PROTOCOL_TLS_SERVER if server_side else ssl.PROTOCOL_TLS_CLIENT)
        if cert is not None:
            context.load_cert_chain(world.files.real(cert), world.files.real(key) if key is not None else None)
        if cadata is not None:
            context.load_verify_locations(cadata=cadata)
        context.verify_mode = ssl.VerifyMode(cert_reqs)
        return context.wrap_socket(
            sock, server_side=server_side, do_handshake_on_connect=do_handshake, server_hostname=server_hostname
        )

    constants = {name: getattr(ssl, name) for name in NAMES}
    return module("ssl", SSLContext=SSLContext, wrap_socket=wrap_socket, **constants)
