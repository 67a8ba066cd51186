"""LogFile: a file that grows, on a card that may be full or taken out, and is begun anew when it is long. Logger's.

For one thread at a time, the one that may use the file system. Each batch is flushed before it is forgotten; one of
which a part is in the file already, since the card ran full in the middle, goes on behind that part.
"""

import os

ENOSPC = 28


class LogFile:
    """The file at `path`. With `rotate`, bytes, it is renamed to path.1 before it would grow longer, that to path.2
    and so on up to path.<keep>, the last of which is removed. `mount()` is called before it is opened.

    `pending` is the batch that is not in the file yet, `written` counts bytes, `rotations` new files.
    """

    def __init__(self, path, rotate, keep, mount):
        self.path = path
        self._rotate = rotate
        self._keep = keep
        self._mount = mount
        self._file = None
        self._size = None  # of what is safe in the file; None: not known
        self.pending = b""
        self.written = 0
        self.rotations = 0

    def write(self):
        """Write what is `pending`. OSError, and whatever `mount` raises, leave the rest pending."""
        try:
            if self._file is None:
                self._open()
            if self._rotate and self._size and self._size + len(self.pending) > self._rotate:
                self._turn_over()
            data = memoryview(self.pending)
            at = 0
            while at < len(data):
                count = self._file.write(data[at:])
                if not count:
                    raise OSError(ENOSPC, "the file takes no more")
                at += count
            self._file.flush()
            if hasattr(os, "fsync"):  # MicroPython's flush does that
                os.fsync(self._file.fileno())
        except BaseException:
            self.close()
            raise
        self._take(len(self.pending))

    def close(self):
        """Close the file; the next write opens it again. What that raises changes nothing."""
        file, self._file = self._file, None
        if file is not None:
            try:
                file.close()
            except OSError:  # the card is gone, and with it what was not flushed, which is pending
                pass

    def _take(self, count):
        self._size += count
        self.written += count
        self.pending = self.pending[count:]

    def _open(self):
        if self._mount is not None:
            self._mount()
        self._file = open(self.path, "ab", 0)
        size = self._file.seek(0, 2)
        part = 0 if self._size is None else size - self._size
        if 0 < part <= len(self.pending):
            self._take(part)
        else:
            self._size = size

    def _turn_over(self):
        self.close()
        for number in range(self._keep, -1, -1):
            name = self.path if number == 0 else self.path + "." + str(number)
            if number == self._keep:
                _remove(name)
            elif _exists(name):
                os.rename(name, self.path + "." + str(number + 1))
        self._file = open(self.path, "ab", 0)
        self._size = 0
        self.rotations += 1


def name_of(path):
    """A path as text. TypeError for what is none: a number would be a file that is somebody else's."""
    if hasattr(path, "__fspath__"):
        path = path.__fspath__()
    if not isinstance(path, str):
        raise TypeError("path is the name of a file, not " + repr(path))
    return path


def _exists(path):
    try:
        os.stat(path)
    except OSError:
        return False
    return True


def _remove(path):
    if _exists(path):
        os.remove(path)
