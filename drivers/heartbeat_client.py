"""HeartbeatClient: messages to and from a HeartbeatServer, over a connection that is made anew when it breaks.

    client = HeartbeatClient("192.168.0.41", name="greenhouse")
    create_task(client.run())
    await client.send({"temperature": 21.5})  # returns when the server has it
    async for message in client:
        ...
"""

from ..core.connect import open_connection
from ..core.deadline import wait_for
from ..core.errors import CancelledError, TimeoutError
from .arguments import check_time
from .channel import Channel, check_address, check_name, greeting_of, random_name
from .records import RecordOrientedUart


class HeartbeatClient(Channel):
    """A client, for tasks of one loop; what it can do is said in Channel.

    Args: host and port, the server's; name, by which the server knows this client again when it comes back, and no
    other, up to 64 bytes, None: one for as long as the program runs; timeout, in seconds, after which a silent
    connection is given up; retry and max_retry, how long it waits before it tries to connect again, at first and, with
    twice as much each time, at last; window, messages on their way; max_length of one, in bytes. timeout and max_length
    are the same as the server's, which refuses another max_length.
    Raises ValueError for what is out of range, TypeError for a name that is no text. `last_error` is why there was no
    connection last.
    """

    def __init__(
        self, host, port=8123, *, name=None, timeout=20, retry=1, max_retry=30, window=10, max_length=1000, ssl=None
    ):
        check_time("retry", retry)
        check_time("max_retry", max_retry, "s", retry)
        check_address(host, port)
        name = random_name() if name is None else name
        check_name(name)
        Channel.__init__(self, name, timeout, window, max_length)
        self.last_error = None
        self._running = False
        self._host = host
        self._port = port
        self._retry = retry
        self._max_retry = max_retry
        self._ssl = ssl

    async def run(self):
        """Connect, and again whenever the connection breaks, until it is closed or this is cancelled.

        RuntimeError if it runs.
        """
        if self._running:
            raise RuntimeError("this client runs already")
        self._running = True
        try:
            await self._keep_connected()
        finally:
            self._running = False

    async def _keep_connected(self):
        self.belong()
        delay = self._retry
        while not self._closed.is_set():
            links = self.links
            try:
                await self._connect()
            except (OSError, EOFError, TimeoutError) as exc:
                self.last_error = exc
            except CancelledError:
                if not self._closed.is_set():
                    raise
            if self.links != links:
                delay = self._retry
            try:
                await wait_for(self._closed.wait(), delay)
            except TimeoutError:
                pass
            delay = min(2 * delay, self._max_retry)

    async def _connect(self):
        stream, _ = await wait_for(open_connection(self._host, self._port, self._ssl), self.timeout)
        try:
            stream.write(self.hello())
            records = RecordOrientedUart(stream, b"\n", self.max_line)
            greeting = greeting_of(await wait_for(records.read(), self.timeout), self._max_length)
            await self.serve(stream, records, greeting)
        finally:
            stream.close()
