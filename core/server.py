"""start_server: accept TCP connections, a task for each. Scheduler side only."""

import errno
import socket

from .connect import look_up, shake_hands, without_delay
from .context import get_event_loop
from .describing import describe
from .errors import CancelledError
from .lazy import load
from .sleep import sleep_ms
from .stream import Stream
from .stream_errors import closed_error

PAUSE = 100  # ms: after a failed accept (no descriptor left, no memory), which would only fail again at once
AT_ONCE = 16  # connections accepted before others have a turn


async def start_server(cb, host, port, backlog=5, ssl=None):
    """Listen on `host` and `port`; for each client start the coroutine `cb(stream, stream)`. Returns a Server.

    Its first address is used. OSError if it can't be. `ssl`: a context with the server's certificate.
    """
    if not callable(cb):
        raise TypeError("start_server needs an async function of a reader and a writer, not " + describe(cb))
    address = (await look_up(host or "0.0.0.0", port))[0]
    sock = socket.socket(*address[:3])
    try:
        sock.setblocking(False)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(address[-1])
        sock.listen(backlog)
    except BaseException:
        sock.close()
        raise
    server = Server(sock, cb, ssl)
    try:
        await sleep_ms(0)
    except BaseException:
        server.close()
        raise
    return server


class Server:
    """Accepts clients until it is closed. `task` accepts, `handlers` are the tasks of the clients that are served now.

    Cancelling who awaits `wait_closed` closes the server and raises CancelledError there. A client's task that fails
    has its stream closed; one that returns has not, it may have handed the stream on.
    """

    def __init__(self, sock, cb, ssl):
        self.sockets = [sock]
        self.handlers = {}  # task -> the client's socket, until it has begun
        self._sock = sock
        self._cb = cb
        self._ssl = ssl
        self._failing = False
        self.state = False  # closed
        self.task = get_event_loop().create_task(self._serve())

    def close(self):
        """Accept no more. Clients are served on; `close_clients` ends that."""
        if self.state:
            return
        self.task.queue.check_context("Server.close()")
        self.state = True
        self._shut()
        self.task.cancel()

    def is_serving(self):
        """True until it is closed."""
        return bool(self.sockets)

    def close_clients(self):
        """Cancel the tasks that serve clients, but for the one that calls this."""
        current = get_event_loop().current
        for task in list(self.handlers):
            if task is not current:
                task.cancel()

    async def wait_closed(self):
        """Wait until `close` was called, which closes the socket at once."""
        try:
            await load("shielding", "shield")(self.task)  # it is cancelled by `close` only, and does not say so
        except CancelledError:
            self.close()
            raise

    serve_forever = wait_closed

    async def __aenter__(self):
        return self

    async def __aexit__(self, *exc):
        self.close()
        await self.wait_closed()

    def _shut(self):
        if self.sockets:
            self.sockets = []
            io = get_event_loop().io
            if io is not None:
                io.forget(self._sock, closed_error)
            self._sock.close()

    async def _serve(self):
        try:
            while not self.state:
                await get_event_loop().queue_read(self._sock)
                if not self._accept():
                    await sleep_ms(PAUSE)
        except (CancelledError, OSError):
            if not self.state:
                raise
        finally:
            self._shut()

    def _accept(self):
        """Start a task for each client that waits. False if there is no point in trying again soon."""
        for _ in range(AT_ONCE):
            try:
                sock, peer = self._sock.accept()
            except OSError as exc:
                if exc.errno == errno.EAGAIN:
                    return True
                if exc.errno == errno.ECONNABORTED:
                    continue
                if not self._failing:  # once, not ten times a second
                    self._failing = True
                    get_event_loop().call_exception_handler(
                        {"message": "A server can't accept clients", "exception": exc, "future": self.task}
                    )
                return False
            self._failing = False
            task = get_event_loop().create_task(self._handle(sock, peer))
            self.handlers[task] = sock
            task.add_waiter(self)
        return True

    async def _handle(self, sock, peer):
        self.handlers[get_event_loop().current] = None
        try:
            sock.setblocking(False)
            without_delay(sock)
            if self._ssl:
                sock = self._ssl.wrap_socket(sock, server_side=True, do_handshake_on_connect=False)
                await shake_hands(sock)
            stream = Stream(sock, {"peername": peer, "socket": sock})
        except BaseException:
            sock.close()
            raise
        try:
            handling = self._cb(stream, stream)
            if handling is not None:
                await handling
        except BaseException:
            stream.close()
            raise

    def child_done(self, task):
        """A client's task ended, perhaps before it began."""
        sock = self.handlers.pop(task)
        if sock is not None:
            sock.close()
