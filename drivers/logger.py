"""Logger: records of tasks, interrupts and threads, in a file that another thread or the second core writes.

    log = Logger("/sd/log.csv", mount=mount_card, rotate=1_000_000)
    log.line("started")
    edges = log.source(256)                     # of one interrupt: edges.write(record) allocates nothing
    ...
    await log.close()

For cards, whose writes take up to some 100 ms: whoever logs never waits for one. What a program reads itself goes into
a ThreadSafeQueue.
"""

from ..core import ThreadSafeFlag
from ..core.context import create_task, get_event_loop
from ..core.deadline import wait_for, wait_for_ms
from ..core.errors import TimeoutError
from ..core.event import Event
from ..core.gathering import gather
from ..core.outgoing import as_bytes
from ..core.queue_errors import QueueClosed
from ..core.times import CLOCK_HZ, UNITS_PER_MS
from ..offload.job import WorkerClosed
from ..offload.worker import Worker
from ..primitives.calling import call
from ..threadsafe.bytepipe import BytePipe
from .arguments import check_time, check_whole, check_worker
from .home import check_home
from .logger_file import LogFile, name_of


class LogSource:
    """Where one context puts its records: made by `source` of a Logger.

    | method | who may call | blocks | allocates on MicroPython | full |
    |---|---|---|---|---|
    | `write(record, count=-1)` | one context: ISR, thread, tasks | never | nothing for 32 bytes or in an ISR | False |

    One context is an ISR, hard or soft, a thread, or the tasks of one loop. What has no room counts in `dropped`. A
    record is written whole or dropped. Once the Logger is closed all are dropped.
    """

    def __init__(self, size, flag):
        self.dropped = 0
        self._pipe = BytePipe(size)
        self._much = (size + 1) // 2  # bytes, with which it is time to write
        self._flag = flag

    def write(self, record, count=-1):
        """Log the first `count` bytes of `record`, bytes or a bytearray; -1: all. Returns whether there was room."""
        pipe = self._pipe
        if not 0 <= count <= len(record):
            count = len(record)
        room = pipe.room()
        try:
            if count <= room:
                pipe.push(record, 0, count)
                if room - count < self._much:
                    self._flag.set()
                return True
        except QueueClosed:
            pass
        self.dropped = (self.dropped + 1) & 0x3FFFFFFF
        return False


class Logger:
    """Appends to the file at `path`, from now on.

    Args: size, bytes of the tasks' records that may wait; interval, seconds after which they are in the file and it is
    flushed, sooner when half of the room is used; rotate, bytes: before the file would grow longer it is renamed to
    path.1, that to path.2 and so on, up to `keep` of them; None: never. mount, called on the worker before the file is
    opened, also each time that is tried again: mounts the card. retry, seconds until then; on_error, a function or
    coroutine function called with the error when writing fails, and with None when it works again. worker, a Worker
    that it shares with others, None: one of its own; on RP2 core 1, and no code on core 0 may use files meanwhile.
    ValueError for numbers that make no sense, TypeError for what is no path or no worker.

    | method | who may call | blocks | full | closed |
    |---|---|---|---|---|
    | making it, `source(size)` | tasks of one loop | never | | RuntimeError |
    | `write(record)`, `line(text)` | these | never | False, and counted in `dropped` | RuntimeError |
    | `await flush()`, `await close()`, `async with` | these | the task; TimeoutError | | again: nothing happens |
    | `write` of a source | see LogSource | never | | False |
    | the counts | any context but a hard ISR | never | | |

    Records of one source stay in order, and whole; those of several are mixed. While the card is full or out, what is
    under way is kept, sources fill, and then drop what comes: `error` is what was raised last, None if all is well;
    `errors` counts the attempts that failed. When it is back nothing is written twice. `written` counts bytes,
    `rotations` files, `lost` bytes that could not be written until it was closed.
    """

    def __init__(
        self, path, *, size=4096, interval=1, rotate=None, keep=1, mount=None, retry=5, on_error=None, worker=None,
    ):  # fmt: skip
        path = name_of(path)
        check_time("interval", interval)
        check_time("retry", retry)
        if rotate is not None:
            check_time("rotate", rotate, "byte", 1)
        check_whole("keep", keep, 0)
        check_whole("size", size, 1, " byte")
        for name, func in (("mount", mount), ("on_error", on_error)):
            if not (func is None or callable(func)):
                raise TypeError(name + " is a function, or None, not " + repr(func))
        if worker is not None:
            check_worker(worker)
        self._own = worker is None
        self._worker = Worker() if worker is None else worker  # first: a board has no room for its stack later
        self.error = None
        self.errors = 0
        self.lost = 0
        self._file = LogFile(path, rotate, keep, mount)
        self._interval = max(UNITS_PER_MS, int(interval * CLOCK_HZ))
        self._retry = max(UNITS_PER_MS, int(retry * CLOCK_HZ))
        self._on_error = on_error
        self._loop = get_event_loop()
        self._clock = self._loop.clock
        self._flag = ThreadSafeFlag()
        self._sources = [LogSource(size, self._flag)]  # a new list each time: the worker goes through it
        self._begun = 0  # rounds of writing, with which
        self._ended = 0  # and up to which all is written
        self._round = Event()  # one has ended
        self._wanted = False  # one at once
        self._closing = False
        self._task = create_task(self._run())

    @property
    def dropped(self):
        """Records for which there was no room, of all sources."""
        return sum([source.dropped for source in self._sources])

    @property
    def written(self):
        """Bytes that are in the file, or in those before it."""
        return self._file.written

    @property
    def rotations(self):
        """How often a new file was begun."""
        return self._file.rotations

    def write(self, record):
        """Log `record`, bytes, or a str as UTF-8. Returns whether there was room; RuntimeError if it is closed."""
        self._check()
        return self._sources[0].write(as_bytes(record))

    def line(self, text):
        """Log `text` and a newline. As `write`."""
        return self.write(text + "\n")

    def source(self, size=256):
        """A LogSource with room for `size` bytes, for one interrupt or thread."""
        self._check()
        source = LogSource(size, self._flag)
        sources = list(self._sources)
        sources.append(source)
        self._sources = sources
        return source

    async def flush(self, timeout=None):
        """Wait until all that was logged before is in the file. What writing has raised; TimeoutError."""
        if not self._closing:
            self._check()
        await wait_for(self._flush(), timeout)

    async def close(self, timeout=None):
        """Write what there is, and end it: one attempt, after which what is left counts in `lost`.

        TimeoutError if a write hangs for more than `timeout` seconds: a thread can't be stopped.
        """
        if not self._closing:
            self._check()
        self._closing = True
        for source in self._sources:
            source._pipe.close()
        self._wanted = True
        self._flag.set()
        try:
            await wait_for(gather(self._task, return_exceptions=True), timeout)
        except TimeoutError:
            raise TimeoutError("a write to " + self._file.path + " hangs for " + str(timeout) + " s") from None
        if self._own:
            await self._worker.close(timeout, False)

    async def __aenter__(self):
        return self

    async def __aexit__(self, *exc):
        await self.close()

    def _check(self):
        if self._closing:
            raise RuntimeError("this logger is closed")
        check_home(self._loop, "this logger", "a source() of its own for each thread and loop")

    async def _flush(self):
        target = self._begun + 1  # a round that is under way may have begun before
        while self._ended < target and not self._closing:
            self._wanted = True
            self._flag.set()
            self._round.clear()
            await self._round.wait()
        if self.error is not None:
            raise self.error

    async def _run(self):
        try:
            while True:
                await self._wait()
                last = self._closing  # sources take nothing more from then on
                self._begun += 1
                if self._file.pending or any([source._pipe.any() for source in self._sources]):
                    self._note(await self._worker.assign(self._once))
                self._ended = self._begun
                self._round.set()
                if last:
                    await self._worker.assign(self._file.close)
                    break
        except WorkerClosed as exc:
            self._note(exc)
        finally:
            self._closing = True
            self.lost = len(self._file.pending) + sum([source._pipe.any() for source in self._sources])
            self._round.set()

    async def _wait(self):
        """Until it is time to write: after the interval, or when much has come, unless writing fails."""
        until = self._clock.now() + (self._interval if self.error is None else self._retry)
        while not self._wanted:
            left = (until - self._clock.now()) // UNITS_PER_MS
            if left <= 0:
                break
            try:
                await wait_for_ms(self._flag.wait(), left)
            except TimeoutError:
                break
            if self.error is None:
                break
        self._wanted = False

    def _note(self, error):
        before, self.error = self.error, error
        if error is not None:
            self.errors += 1
        if (error is None) != (before is None) and self._on_error is not None:
            call(self._on_error, (error,))

    def _once(self):
        """On the worker. Returns what was raised."""
        file = self._file
        try:
            if file.pending:
                file.write()
            file.pending = b"".join([source._pipe.take() for source in self._sources])
            if file.pending:
                file.write()
        except Exception as error:
            return error
        return None
