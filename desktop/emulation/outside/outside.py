"""Outside: the thread in which a board's surroundings live while the emulator runs, and the pipes between the two."""

from __future__ import annotations

import contextlib
import json
import os
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from ...wiring import Wiring
from ...wiring.keys import Key
from ...wiring.settings import BadSetting
from .board import EmulatedBoard
from .circuit import Circuit

KIND = "pico"


class Outside:
    """A context manager: meanwhile whoever opens the pipes in `folder` has a board that is wired as `wiring` says.

    Args: folder, an empty one; tell, called in another thread with lines for a person: of chips in trouble, and the
    notes of the wiring; seen, somebody looks at all of its pins. Entering raises BadSetting where the wiring does not
    fit an RP2040. `board`, while it is entered: look at it from any thread, and do what you want by its `soon`.
    """

    board: EmulatedBoard

    def __init__(self, wiring: Wiring, folder: Path, tell: Callable[[str], object], seen: bool = False) -> None:
        self.folder = folder
        self._wiring = wiring
        self._seen = seen
        self._tell = tell
        self._ready: Future[None] = Future()
        self._ended = False

    def __enter__(self) -> Outside:
        if self._wiring.kind not in (None, KIND):
            raise BadSetting(f"{self._wiring.file}: board: the emulated board is a {KIND}, not a {self._wiring.kind}")
        self._pipes = [self._pipe("requests"), self._pipe("answers"), self._pipe("knocks")]
        self._thread = threading.Thread(target=self._live, name="around the emulated board", daemon=True)
        self._thread.start()
        try:
            self._ready.result()
        except BaseException:
            self.__exit__()
            raise
        return self

    def keys(self) -> dict[str, Key]:
        """While it is entered: what the keys of the keyboard do, for a panel."""
        keys = self._wiring.keys()
        return {key: replace(what, press=partial(self.board.soon, what.press)) for key, what in keys.items()}

    def _pipe(self, name: str) -> int:
        path = self.folder / name
        self.folder.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileNotFoundError):
            path.unlink()
        os.mkfifo(path)
        file = os.open(path, os.O_RDWR)  # so it waits for nobody, and an emulator that is killed ends nothing
        os.set_blocking(file, name != "knocks")
        return file

    def __exit__(self, *exc: object) -> None:
        self._ended = True
        os.write(self._pipes[0], b"\n")
        self._thread.join()
        for pipe in self._pipes:
            os.close(pipe)

    def _live(self) -> None:
        self.board = board = EmulatedBoard(self._tell, self._knock)
        with board.time.context("the emulated chip"), board:
            try:
                self._wiring.apply(board, paced=True)
                for note in self._wiring.notes:
                    self._tell(f"twincore: {note}\n")
                circuit = Circuit(board, self._wiring.real, self._seen)
            except BaseException as error:
                self._ready.set_exception(error)
                return
            self._send(circuit.there())
            self._ready.set_result(None)
            with open(self._pipes[0], "rb", closefd=False) as requests:
                for request in requests:
                    if self._ended:
                        return
                    try:
                        answer = circuit.answer(*json.loads(request))
                    except Exception as error:  # a chip's defect, found by what the board has done to it
                        board.report(error, "around the board")
                        why = f"what is around the board has failed: {type(error).__name__}"
                        answer = {"next": None, "happened": [], "stop": {"ending": "crash", "why": why}}
                    self._send(answer)

    def _knock(self) -> None:
        """Ask a board that lives in real time to come. To one that does not listen it is nothing."""
        with contextlib.suppress(OSError):  # full: it has not even come for what was asked before; or closed
            os.write(self._pipes[2], b"!")

    def _send(self, message: dict[str, Any]) -> None:
        os.write(self._pipes[1], json.dumps(message).encode() + b"\n")
