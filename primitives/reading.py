"""StreamReaderTo: a stream of which a read ends when nothing has come for so long. For devices that send no end mark.

    reader = StreamReaderTo(UART(0, 9600))
    count = await reader.readintotim(buf, 20)  # a packet: it is over when there are 20 ms without a byte
"""

from ..core.context import get_event_loop
from ..core.errors import TimeoutError
from ..core.stream import Stream
from ..core.timeouts import timeout_ms


class StreamReaderTo(Stream):
    """A Stream with one read more; for tasks of one loop, one of which may read at a time."""

    async def readintotim(self, buf, toutms):
        """Fill `buf`, until it is full, the stream ends, or nothing has come for `toutms` ms, from the call on.

        Returns how many bytes; `at_eof()` tells an end from a pause. A cancel is a cancel; what came up to it is in
        `buf`. ValueError for less than 1 ms.
        """
        if toutms < 1:
            raise ValueError("toutms is 1 ms or more, not " + str(toutms))
        get_event_loop().streams()  # what a board has to load for it is not to count as a pause
        view = memoryview(buf)
        count = 0
        while count < len(view):
            limit = timeout_ms(toutms)
            try:
                async with limit:
                    got = await self.readinto(view[count:])
            except TimeoutError:
                if not limit.expired():  # of the stream, a lost connection
                    raise
                break
            if not got:
                break
            count += got
        return count
