"""The `async with` of what has a loop in a thread of its own: at its end that is closed, if it was not."""

from __future__ import annotations

from collections.abc import Awaitable
from types import TracebackType
from typing import TypeVar

T = TypeVar("T", bound="Closing")


class Closing:
    """Base of AsyncioWorker and LoopThread."""

    _gave_up = False  # `close` did, on what is stuck

    def close(self, timeout: float | None = None) -> Awaitable[None]:
        raise NotImplementedError

    async def __aenter__(self: T) -> T:
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        if not self._gave_up:  # by a `close` in the block, whose error this would hold back
            await self.close()
