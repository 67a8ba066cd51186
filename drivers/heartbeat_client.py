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
from .channel import Channel, check_port, greeting_of, random_name
from .records import RecordOrientedUart


class HeartbeatClient(Channel):
    """A client, for tasks of one loop; what it can do is said in Channel.

    Args: host and port, the server's; name, by which the server knows this client again when it comes back, None: one
    for as long as the program runs; timeout, in seconds, after which a silent connection is given up, the same as
    the server's; retry and max_retry, how long it waits before it tries to connect again, at first and, with twice as
    much each time, at last; window, messages on their way; max_length of one, in bytes.
    Raises ValueError for numbers that are out of range. `last_error` is why there was no connection last.
    """

    def __init__(
        self, host, port=8123, *, name=None, timeout=20, retry=1, max_retry=30, window=10, max_length=1000, ssl=None
    ):
        check_time("retry", retry)
        check_time("max_retry", max_retry, "s", retry)
        check_port(port)
        Channel.__init__(self, name or random_name(), timeout, window, max_length)
        self.last_error = None
        self._host = host
        self._port = port
        self._retry = retry
        self._max_retry = max_retry
        self._ssl = ssl

    async def run(self):
        """Connect, and again whenever the connection breaks, until it is closed or this is cancelled."""
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
            greeting = greeting_of(await wait_for(records.read(), self.timeout))
            await self.serve(stream, records, greeting)
        finally:
            stream.close()
