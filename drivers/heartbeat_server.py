"""HeartbeatServer: messages to and from any number of HeartbeatClients.

    async def greenhouse(channel):
        async for message in channel:
            print(channel.name, message)

    server = HeartbeatServer(handler=greenhouse)
    create_task(server.run())
"""

import json

from ..core.context import create_task, get_event_loop
from ..core.deadline import wait_for
from ..core.errors import TimeoutError
from ..core.server import start_server
from ..primitives.calling import end
from .arguments import check_time, check_whole
from .channel import Channel, ConnectionBroken, check_address, greeting_of, longest_line
from .records import RecordOrientedUart


async def echo(channel):
    """Send each message back: what a server does unless it is said."""
    async for message in channel:
        await channel.send(message)


class HeartbeatServer:
    """A server, for tasks of one loop.

    Args: host and port, where it listens, port 0: anywhere, see `port`; backlog, of clients to be accepted; timeout, as
    of its clients; handler, a coroutine function of a Channel, which a task runs for each client that is new: it goes
    on when the client's connection breaks and is made anew, and is cancelled when there was none for `forget` seconds
    or the server is closed. More than max_clients at a time are turned away. window and max_length: see Channel.
    Raises ValueError for numbers that are out of range, TypeError for a handler that can't be called.

    `clients`: the Channel of each name. `refused` counts connections that did not begin as they should, or were too
    many, or of clients with another max_length. What a handler raises is reported by the loop's exception handler. When
    a handler has ended, with an error or not, or has closed its channel, the connection of its client ends; the next
    one of that client has a new handler, which gets what the other had not taken, unless that closed the channel.
    """

    def __init__(
        self, host="0.0.0.0", port=8123, backlog=5, timeout=20,
        *, handler=echo, forget=60, max_clients=20, window=10, max_length=1000, ssl=None,
    ):  # fmt: skip
        check_whole("max_clients", max_clients)
        if not callable(handler):
            raise TypeError("handler is a coroutine function of a Channel, not " + repr(handler))
        check_address(host, port)
        check_time("forget", forget, "s", 0)
        Channel("", timeout, window, max_length)  # its errors now, and not at the first client
        self.clients = {}
        self.refused = 0
        self._address = host, port, backlog, ssl
        self._timeout = timeout
        self._handler = handler
        self._forget = forget
        self._max_clients = max_clients
        self._window = window
        self._max_length = max_length
        self._server = None
        self._tasks = {}  # by client's name, of its handler

    @property
    def port(self):
        """The port that it listens on; None before `run`. On CPython, also where any would do."""
        if self._server is None:
            return None
        sock = self._server.sockets[0] if self._server.sockets else None
        return sock.getsockname()[1] if hasattr(sock, "getsockname") else self._address[1]

    async def run(self):
        """Serve until `close`, or until this is cancelled. OSError if it can't listen, RuntimeError if it runs."""
        if self._server is not None:
            raise RuntimeError("this server runs already")
        host, port, backlog, ssl = self._address
        self._server = server = await start_server(self._serve, host, port, backlog, ssl)
        try:
            await server.wait_closed()
        finally:
            server.close()
            server.close_clients()
            for name in list(self.clients):
                self._drop(name)
            self._server = None

    def close(self):
        """End `run`: clients are disconnected, and handlers cancelled. Again: nothing happens."""
        if self._server is not None:
            self._server.close()

    async def _serve(self, stream, _):
        channel = None
        try:
            records = RecordOrientedUart(stream, b"\n", longest_line(self._max_length))
            greeting = greeting_of(await wait_for(records.read(), self._timeout), self._max_length)
            channel = self._channel(greeting[0])
            stream.write(channel.hello())
            await channel.serve(stream, records, greeting)
        except (OSError, EOFError, TimeoutError) as exc:
            if channel is None:
                self.refused += 1
                await self._say_why(stream, exc)
        finally:
            stream.close()
        if channel is not None and not channel.closed():
            try:
                await wait_for(channel.up.wait(), self._forget)  # then a later connection sees to this
            except TimeoutError:
                if self.clients.get(channel.name) is channel:
                    self._drop(channel.name)

    async def _say_why(self, stream, exc):
        """To a client that has introduced itself: it tries again, and its `last_error` says this."""
        if not isinstance(exc, ConnectionBroken):
            return
        try:
            stream.write(json.dumps(["refused", exc.args[0]]).encode() + b"\n")
            await wait_for(stream.drain(), self._timeout)
        except (OSError, TimeoutError):
            pass

    def _channel(self, name):
        channel = self.clients.get(name)
        if channel is not None and channel.closed():  # by its handler, which goes on
            self._drop(name)
            channel = None
        if channel is None:
            if len(self.clients) >= self._max_clients:
                raise ConnectionBroken("too many clients")
            channel = Channel(name, self._timeout, self._window, self._max_length)
            channel.belong()
            self.clients[name] = channel
        if name not in self._tasks:
            self._tasks[name] = create_task(self._handle(channel))
        return channel

    async def _handle(self, channel):
        try:
            await self._handler(channel)
        except Exception as exc:
            loop = get_event_loop()
            told = {"message": "the handler of a HeartbeatServer failed", "exception": exc, "future": loop.current}
            loop.call_exception_handler(told)
        if self.clients.get(channel.name) is channel:
            self._tasks.pop(channel.name)
            channel.disconnect()  # nobody would take what is acknowledged

    def _drop(self, name):
        self.clients.pop(name).close()
        task = self._tasks.pop(name, None)
        if task is not None:
            end(task)
