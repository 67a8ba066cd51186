"""Index a directory tree into sqlite: the path, SHA-256, number of lines and size of every file.

    python examples/index_files.py ~/photos --db photos.sqlite --workers 8

Everything here blocks: listing folders, reading files, sqlite. So each has threads of its own, and tasks connect them:

    find (a Worker) --paths--> read: tasks, each with one file at a time on a Pool --records--> store (a Worker)

Both queues are bounded: who is too fast waits, and memory stays small however large the tree. A stage that ends closes
its queues, and a closed queue ends the stages on both its sides; so the end, an error and Ctrl-C take the same way out.
"""

import argparse
import hashlib
import os
import sqlite3
import sys
import sysconfig
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import NamedTuple

from twincore import core
from twincore.core import QueueClosed
from twincore.offload import Pool, Worker
from twincore.threadsafe import ThreadSafeQueue

try:
    from rich.progress import Progress
except ImportError:
    sys.exit("index_files: its progress bar needs rich: pip install 'twincore[cli]'")

BATCH = 500  # rows in one transaction
COLUMNS = "path TEXT PRIMARY KEY, sha256 TEXT, lines INT, bytes INT, error TEXT"
INSERT = "INSERT INTO indexed_files VALUES (CAST(? AS TEXT), ?, ?, ?, ?)"
SUMMARY = "SELECT count(sha256), total(lines), total(bytes), count(error) FROM indexed_files"


class Record(NamedTuple):
    """A row: what is known of a file, or in `error` why nothing is."""

    path: bytes  # the name of a file need not be valid text
    sha256: str | None = None
    lines: int | None = None
    bytes: int | None = None
    error: str | None = None


def walk(root: str) -> Iterator[tuple[str, OSError | None]]:
    """Yield each regular file below `root`, and each folder that can't be read; symbolic links are not followed."""
    folders = [os.scandir(root)]
    while folders:
        entry = next(folders[-1], None)
        if entry is None:
            folders.pop().close()
            continue
        try:
            if entry.is_dir(follow_symlinks=False):
                folders.append(os.scandir(entry.path))
            elif entry.is_file(follow_symlinks=False):
                yield entry.path, None
        except OSError as error:
            yield entry.path, error


def examine(path: str) -> Record:
    """Read one file, a piece at a time."""
    digest, lines, size, last = hashlib.sha256(), 0, 0, b"\n"
    try:
        with open(path, "rb", buffering=0) as file:
            while chunk := file.read(1 << 20):
                digest.update(chunk)
                lines += chunk.count(b"\n")
                size += len(chunk)
                last = chunk[-1:]
    except OSError as error:
        return Record(os.fsencode(path), error=str(error))
    return Record(os.fsencode(path), digest.hexdigest(), lines + (last != b"\n"), size)


class Indexer:
    """The pipeline. `run` does the work; `close` ends it, whether it is done or at any moment before."""

    def __init__(self, root: Path, database: Path, workers: int) -> None:
        self.root, self.database = str(root), str(database)
        self.found = self.stored = 0  # files; each counted by one thread
        self.paths, self.records = ThreadSafeQueue(1024), ThreadSafeQueue(1024)
        self.finder, self.readers, self.storer = Worker("finder"), Pool(workers, "readers"), Worker("storer")
        self.finding = core.create_task(self.finder.assign(self.find))
        self.reading = [core.create_task(self.read()) for _ in range(2 * workers)]  # two, so that no thread idles
        self.storing = core.create_task(self.storer.assign(self.store))

    async def run(self) -> None:
        """Index everything; what a stage raises is raised here."""
        await core.gather(self.finding, self.storing, self.read_all())

    async def close(self) -> None:
        """Let nothing more in, let each thread end what it is at, commit."""
        self.paths.close()
        for task in (self.finding, *self.reading):
            task.cancel()
        self.records.close()
        await core.gather(self.storing, self.finder.close(), self.readers.close(), self.storer.close())

    def find(self) -> None:
        """The finder's thread, from beginning to end."""
        own = (self.database, self.database + "-journal")
        with closing(self.paths), suppress(QueueClosed):  # closed by another: told to stop
            for path, error in walk(self.root):
                if error is not None:
                    self.records.put_sync(Record(os.fsencode(path), error=str(error)), block=True)
                elif path not in own:
                    self.paths.put_sync(path, block=True)
                    self.found += 1

    async def read_all(self) -> None:
        await core.gather(*self.reading)
        self.records.close()  # nobody is left to put

    async def read(self) -> None:
        """One of several tasks: takes a path at a time, and hands the record on."""
        with suppress(QueueClosed):  # the database takes no more
            async for path in self.paths:
                await self.records.put(await self.readers.assign(examine, path))

    def store(self) -> None:
        """The storer's thread, from beginning to end: a sqlite connection belongs to one thread."""
        with closing(self.records), closing(sqlite3.connect(self.database)) as database:
            database.executescript(f"CREATE TABLE IF NOT EXISTS indexed_files ({COLUMNS}); DELETE FROM indexed_files")
            while batch := self.next_batch():
                with database:  # one transaction: whatever happens, all of it is there or nothing
                    database.executemany(INSERT, batch)
                self.stored += len(batch)

    def next_batch(self) -> list[Record]:
        """Wait for BATCH records; once the queue is closed, those that are left."""
        batch: list[Record] = []
        with suppress(QueueClosed):
            while len(batch) < BATCH:
                batch.append(self.records.get_sync(block=True))
        return batch


async def show(progress: Progress, indexer: Indexer) -> None:
    bar = progress.add_task("files")
    while True:
        progress.update(bar, completed=indexer.stored, total=indexer.found, refresh=True)
        await core.sleep(0.1)


def index(root: Path, database: Path, workers: int) -> bool:
    """Index `root`. Returns False if Ctrl-C ended it early."""
    indexer = Indexer(root, database, workers)
    with Progress(auto_refresh=False, transient=True, disable=not sys.stdout.isatty()) as progress:
        core.create_task(show(progress, indexer))
        try:
            core.run(indexer.run())
            return True
        except KeyboardInterrupt:  # ends `run`, not the tasks: they go on in the next run
            return False
        finally:
            core.run(indexer.close())


def main() -> int:
    parser = argparse.ArgumentParser(
        description="Index a tree (default: Python's library) into sqlite: path, SHA-256, lines and size of each file.",
        epilog="Links and devices are skipped, unreadable files listed. Each run starts the index anew; after Ctrl-C "
        "it holds what was done by then. Try: sqlite3 index.sqlite 'SELECT path, lines FROM indexed_files LIMIT 9'",
    )
    parser.add_argument("tree", nargs="?", type=Path, default=sysconfig.get_path("stdlib"), help="a folder")
    parser.add_argument("--db", metavar="FILE", type=Path, default="index.sqlite", help="default: %(default)s")
    parser.add_argument("--workers", metavar="N", type=int, default=4, help="reading threads; default: %(default)s")
    chosen = parser.parse_args()
    if not chosen.tree.is_dir() or chosen.workers < 1:
        parser.error(f"{chosen.tree} is not a folder" if chosen.workers > 0 else "--workers must be 1 or more")
    start = time.monotonic()
    try:
        finished = index(chosen.tree.resolve(), chosen.db.resolve(), chosen.workers)
        with closing(sqlite3.connect(chosen.db)) as database:
            files, lines, size, unreadable = database.execute(SUMMARY).fetchone()
            for (error,) in database.execute("SELECT error FROM indexed_files WHERE error NOT NULL LIMIT 10"):
                print("unreadable:", error)
    except (OSError, sqlite3.Error) as error:
        sys.exit(f"index_files: {chosen.db}: {error}" if isinstance(error, sqlite3.Error) else f"index_files: {error}")
    seconds = time.monotonic() - start
    print(f"{'files':10}{'lines':>14}{'bytes':>18}{'unreadable':>12}{'seconds':>10}{'files/s':>10}")
    print(f"{files:<10,}{lines:14,.0f}{size:18,.0f}{unreadable:12,}{seconds:10.2f}{files / seconds:10,.0f}")
    print(f"{'Done' if finished else 'Interrupted'}: {files:,} files are indexed in {chosen.db}.")
    return 0 if finished else 130


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:  # before the work began, or once more while it was ending
        sys.exit(130)
