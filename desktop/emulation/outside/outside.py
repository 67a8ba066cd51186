"""Outside: the thread in which a board's surroundings live while the emulator runs, and the pipes between the two."""

from __future__ import annotations

import contextlib
import json
import os
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from ...wiring import Wiring
from ...wiring.settings import BadSetting
from .board import EmulatedBoard
from .circuit import Circuit

KIND = "pico"


class Outside:
    """A context manager: meanwhile whoever opens the pipes in `folder` has a board that is wired as `wiring` says.

    Args: folder, an empty one; tell, called in another thread with lines for a person: of chips in trouble, and the
    notes of the wiring. Entering raises BadSetting where the wiring does not fit an RP2040.
    """

    def __init__(self, wiring: Wiring, folder: Path, tell: Callable[[str], object]) -> None:
        self.folder = folder
        self._wiring = wiring
        self._tell = tell
        self._ready: Future[None] = Future()
        self._ended = False

    def __enter__(self) -> Outside:
        if self._wiring.kind not in (None, KIND):
            raise BadSetting(f"{self._wiring.file}: board: the emulated board is a {KIND}, not a {self._wiring.kind}")
        self._pipes = [self._pipe("requests"), self._pipe("answers")]
        self._thread = threading.Thread(target=self._live, name="around the emulated board", daemon=True)
        self._thread.start()
        try:
            self._ready.result()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _pipe(self, name: str) -> int:
        path = self.folder / name
        self.folder.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileNotFoundError):
            path.unlink()
        os.mkfifo(path)
        return os.open(path, os.O_RDWR)  # so it waits for nobody, and an emulator that is killed ends nothing

    def __exit__(self, *exc: object) -> None:
        self._ended = True
        os.write(self._pipes[0], b"\n")
        self._thread.join()
        for pipe in self._pipes:
            os.close(pipe)

    def _live(self) -> None:
        board = EmulatedBoard(self._tell)
        with board.time.context("the emulated chip"), board:
            try:
                self._wiring.apply(board, paced=True)
                for note in self._wiring.notes:
                    self._tell(f"twincore: {note}\n")
                circuit = Circuit(board, self._wiring.real)
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

    def _send(self, message: dict[str, Any]) -> None:
        os.write(self._pipes[1], json.dumps(message).encode() + b"\n")
