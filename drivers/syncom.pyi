"""What a type checker knows of `syncom`: an object is what `json` can write and read, or a str."""

from collections.abc import Awaitable, Callable
from typing import Any

from typing_extensions import Self

CALLING: int
RUNNING: int
DOWN: int
WATCH_MS: int
CALL_MS: int
RESET_MS: int
BOOT_MS: int
SHORTEST: int

class SynCom:
    bad: int
    lost: int
    restarts: int

    def __init__(
        self,
        passive: bool,
        ckin: Callable[[], object],
        ckout: Callable[[int], object],
        din: Callable[[], object],
        dout: Callable[[int], object],
        pin_reset: Callable[[int], object] | None = None,
        timeout: float = 0,
        string_mode: bool = False,
        verbose: bool = True,
        *,
        queue: int = 20,
        max_length: int = 500,
        rest_ms: float = 5,
    ) -> None: ...
    def send(self, obj: Any) -> None: ...
    def any(self) -> int | None: ...
    def running(self) -> bool: ...
    async def await_obj(self, t_ms: float = 10) -> Any: ...
    def stop(self) -> None: ...
    async def start(
        self,
        user_task: Callable[[Self], Awaitable[object]] | None = None,
        awaitable: Callable[[], Awaitable[object]] | None = None,
    ) -> None: ...
