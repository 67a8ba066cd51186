"""StreamReaderTo: a stream of which a read ends when nothing has come for so long. For devices that send no end mark.

    reader = StreamReaderTo(UART(0, 9600))
    count = await reader.readintotim(buf, 20)  # a packet: it is over when there are 20 ms without a byte
"""

from ..core.context import create_task, get_event_loop
from ..core.errors import TimeoutError
from ..core.sleep import sleep_ms
from ..core.stream import Stream
from ..core.timeouts import timeout_ms
from .durations import check_ms

TURNS = 3  # of the loop, in which it looks at each stream


class StreamReaderTo(Stream):
    """A Stream with one read more; for tasks of one loop, one of which may read at a time."""

    async def readintotim(self, buf, toutms):
        """Fill `buf`, until it is full, the stream ends, or nothing has come for `toutms` ms, from the call on.

        Returns how many bytes; `at_eof()` tells an end from a pause. A cancel is a cancel; what came up to it is in
        `buf`. ValueError for less than 1 ms.
        """
        check_ms("toutms", toutms)
        get_event_loop().streams()  # what a board has to load for it is not to count as a pause
        view = memoryview(buf)
        count = 0
        while count < len(view):
            rest = view[count:]
            got = await self._within(timeout_ms(toutms), rest)
            if got is None:
                got = await self._now(rest)
            if not got:
                break
            count += got
        return count

    async def _within(self, limit, view):
        """What `readinto` returns, None if the time of `limit` is up before that."""
        try:
            async with limit:
                return await self.readinto(view)
        except TimeoutError:
            if not limit.expired():  # of the stream, a lost connection
                raise
        return None

    async def _now(self, view):
        """What `readinto` returns now, None if there is nothing: time was up before a busy loop saw what had come."""
        limit = timeout_ms(None)
        task = create_task(_end(limit))
        try:
            return await self._within(limit, view)
        finally:
            task.cancel()


async def _end(limit):
    for _ in range(TURNS):
        await sleep_ms(0)
    limit.reschedule(0)  # now: the time of a loop may be inexact on a board
