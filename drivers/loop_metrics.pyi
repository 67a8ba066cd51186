"""What a type checker knows of `loop_metrics`: `metrics()` is a coroutine function, `report` takes a LoopReading."""

from collections.abc import Callable, Coroutine
from typing import Any

MOST: int

class LoopReading:
    passes: int
    longest_us: int
    shortest_us: int
    mean_us: int
    idle: float
    free: int | None

    def __init__(self) -> None: ...

def metrics(
    seconds: float = 10, report: Callable[[LoopReading], object] = ...
) -> Callable[[], Coroutine[Any, Any, None]]: ...
