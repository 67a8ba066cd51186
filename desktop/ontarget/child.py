"""A program that runs elsewhere while its output is read, line by line, with time limits. One thread at a time, but
`kill` may be called from any.
"""

from __future__ import annotations

import codecs
import contextlib
import os
import selectors
import signal
import subprocess
import time
from types import TracebackType

from .places import Prepared

MOST = 1_000_000  # characters of output that are kept: a test in an endless loop may print without end


class Child:
    """The program of `prepared`, running; with the end of the `with` block it is killed."""

    def __init__(self, prepared: Prepared) -> None:
        environment = {**os.environ, **prepared.command.environment}
        self._process = subprocess.Popen(
            prepared.command.arguments,
            cwd=prepared.cwd,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            bufsize=0,
        )
        assert self._process.stdout is not None and self._process.stderr is not None
        self._selector = selectors.DefaultSelector()
        self._text = {"stdout": "", "stderr": ""}
        self._looked = 0  # how much of stdout holds no result line
        for name, stream in (("stdout", self._process.stdout), ("stderr", self._process.stderr)):
            decode = codecs.getincrementaldecoder("utf-8")("replace").decode
            self._selector.register(stream, selectors.EVENT_READ, (name, decode))

    def __enter__(self) -> Child:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: object, trace: TracebackType | None) -> None:
        self.kill()
        self._process.wait()
        self._selector.close()
        for stream in (self._process.stdout, self._process.stderr):
            assert stream is not None
            stream.close()

    def line(self, word: str, seconds: float) -> tuple[str, str] | None:
        """Wait for a line that begins with `word` and a space; return what came before it, and the rest of it.

        None if the program has ended without, or the time is up.
        """
        deadline = time.monotonic() + seconds
        while True:
            found = self._find(word)
            if found is not None or not self._read(deadline):
                return found

    def _find(self, word: str) -> tuple[str, str] | None:
        text = self._text["stdout"]
        start = text.find(f"{word} ", self._looked)
        while start > 0 and text[start - 1] != "\n":
            start = text.find(f"{word} ", start + 1)
        end = text.find("\n", start) if start >= 0 else -1
        if end < 0:
            self._looked = max(0, len(text) - len(word)) if start < 0 else start
            return None
        self._text["stdout"], self._looked = text[end + 1 :], 0
        before = text[:start].removesuffix("\n")  # the runner begins a line, whether one was left open or not
        return before, text[start + len(word) + 1 : end].rstrip("\r")

    @property
    def ended(self) -> bool:
        """Whether nothing more can come from it."""
        return not self._selector.get_map()

    def end(self, seconds: float) -> int | None:
        """Wait for the program's end and return its exit code, as a shell has it; None if the time is up."""
        deadline = time.monotonic() + seconds
        while self._read(deadline):
            pass
        try:
            code = self._process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            return None
        return code if code >= 0 else 128 - code

    def take(self, stream: str) -> str:
        """What has come on "stdout" or "stderr" and was not taken yet."""
        text, self._text[stream] = self._text[stream], ""
        if stream == "stdout":
            self._looked = 0
        return text

    def interrupt(self) -> None:
        """Ctrl-C."""
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGINT)

    def kill(self) -> None:
        """End it and whatever it has started."""
        if self._process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def _read(self, deadline: float) -> bool:
        """Read what there is, or wait for it; whether there may be more."""
        left = deadline - time.monotonic()
        if left <= 0 or not self._selector.get_map():
            return False
        for key, _ in self._selector.select(left):
            name, decode = key.data
            data = os.read(key.fd, 65536)
            if not data:
                self._selector.unregister(key.fileobj)
            text = self._text[name] + decode(data, not data)
            if len(text) > MOST:
                text = "...\n" + text[-(MOST // 2) :]
                self._looked = 0
            self._text[name] = text
        return True
