"""`requests`, and `urequests`: HTTP/1.0 by the board's sockets, as far as micropython-lib's goes."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import TYPE_CHECKING, Any

from .modules import buffer, module

if TYPE_CHECKING:
    from .world import World

PORTS = {"http": 80, "https": 443}
METHODS = ("head", "get", "post", "put", "patch", "delete")
MOVED, AS_IT_IS = (301, 302, 303), (307, 308)
MOST_MOVES = 5


class Response:
    """What came back. `raw` is the stream of its content, until that has been asked for."""

    encoding = "utf-8"

    def __init__(self, raw: Any, status_code: int, reason: bytes, headers: Any) -> None:
        self.raw = raw
        self.status_code = status_code
        self.reason = reason
        self.headers = headers
        self._content: bytes | None = None

    def close(self) -> None:
        if self.raw is not None:
            self.raw.close()
            self.raw = None
        self._content = None

    @property
    def content(self) -> bytes:
        if self._content is None:
            try:
                self._content = self.raw.read()
            finally:
                self.raw.close()
                self.raw = None
        return self._content or b""

    @property
    def text(self) -> str:
        return str(self.content, self.encoding)

    def json(self) -> Any:
        """ValueError if it is none."""
        return json.loads(self.content)

    def __enter__(self) -> Response:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _parts(url: str) -> tuple[str, str, int, str]:
    """Protocol, host, port and path. ValueError."""
    protocol, _, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    if protocol not in PORTS or not host:
        raise ValueError(f"Unsupported protocol or no host: {url!r}; it begins with http:// or https://")
    name, _, port = host.partition(":")
    return protocol, name, int(port or PORTS[protocol]), slash + path or "/"


def make(world: World) -> ModuleType:
    """`requests` for the application of one board."""

    def request(
        method: str,
        url: str,
        data: Any = None,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
        stream: Any = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        parse_headers: Any = True,
    ) -> Response:
        """Ask a server. OSError if that fails, ValueError for what is not understood. Blocks.

        `data`: bytes, text, or an iterator of such, which is sent in chunks; `json`: is sent as that; `auth`: user and
        password; `timeout` in seconds; `parse_headers`: False, or a function that is given each line and the headers.
        """
        sent = dict(headers or {})
        if json is not None:
            data = world.import_module("json").dumps(json)
            sent.setdefault("Content-Type", "application/json")
        if auth is not None:
            sent["Authorization"] = "Basic " + base64.b64encode(":".join(auth).encode()).decode()
        for _ in range(MOST_MOVES):
            protocol, host, port, path = _parts(url)
            connection = _connected(protocol, host, port, timeout)
            try:
                _send(connection, method, path, {"Host": host, "Connection": "close", **sent}, data)
                response, location = _answer(connection, parse_headers)
            except BaseException:
                connection.close()
                raise
            if location is None:
                return response
            connection.close()
            url = location if "://" in location else f"{protocol}://{host}:{port}/{location.lstrip('/')}"
            if response.status_code in MOVED:
                method, data = ("HEAD" if method == "HEAD" else "GET"), None
        raise ValueError(f"too many redirections, the last one to {url!r}")

    def _connected(protocol: str, host: str, port: int, timeout: float | None) -> Any:
        sockets = world.import_module("socket")
        family, kind, number, _, address = sockets.getaddrinfo(host, port, 0, sockets.SOCK_STREAM)[0]
        connection = sockets.socket(family, kind, number)
        try:
            connection.settimeout(timeout)
            connection.connect(address)
            if protocol == "https":
                secure = world.import_module("ssl")
                context = secure.SSLContext(secure.PROTOCOL_TLS_CLIENT)
                connection = context.wrap_socket(connection, server_hostname=host)
        except BaseException:
            connection.close()
            raise
        return connection

    def ask(method: str) -> Callable[..., Response]:
        def act(url: str, **options: Any) -> Response:
            return request(method.upper(), url, **options)

        return act

    return module("requests", Response=Response, request=request, **{name: ask(name) for name in METHODS})


def _send(connection: Any, method: str, path: str, headers: dict[str, str], data: Any) -> None:
    parts = None
    if data is not None and hasattr(data, "__next__"):
        headers["Transfer-Encoding"] = "chunked"
        parts = data
    elif data is not None:
        data = buffer(data)
        headers.setdefault("Content-Length", str(len(data)))
    lines = [f"{method} {path} HTTP/1.{0 if parts is None else 1}", *(f"{name}: {headers[name]}" for name in headers)]
    connection.write("\r\n".join(lines) + "\r\n\r\n")
    if parts is not None:
        for part in parts:
            chunk = buffer(part)
            connection.write(b"%x\r\n%s\r\n" % (len(chunk), bytes(chunk)))
        connection.write(b"0\r\n\r\n")
    elif data is not None:
        connection.write(data)


def _answer(connection: Any, parse_headers: Any) -> tuple[Response, str | None]:
    """The response, and where it sends who asked."""
    status = connection.readline().split(None, 2)
    if len(status) < 2 or not status[1].isdigit():
        raise ValueError(f"HTTP error: BadStatusLine: {b' '.join(status)!r}")
    code, location = int(status[1]), None
    headers: dict[str, str] | None = {} if parse_headers is True else None
    while (line := connection.readline()) not in (b"", b"\r\n"):
        name, _, value = line.decode("latin-1").partition(":")
        if name.lower() == "transfer-encoding" and "chunked" in value:
            raise ValueError(f"Unsupported {line.decode('latin-1').strip()}")
        if name.lower() == "location" and code in MOVED + AS_IT_IS:
            location = value.strip()
        if headers is not None:
            headers[name] = value.strip()
        elif parse_headers:
            parse_headers(line, headers)
    return Response(connection, code, status[2].rstrip() if len(status) > 2 else b"", headers), location
