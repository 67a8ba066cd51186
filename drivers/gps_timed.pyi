"""What a type checker knows of `gps_timed`: callbacks take the receiver."""

from collections.abc import Callable, Coroutine, Iterable
from typing import Any, Concatenate

from typing_extensions import Self

from ..primitives.pin_irq import _Interrupting
from .gps import AS_GPS, _Reader
from .gps_rw import GPS, _Writer

class _Timed:
    @property
    def acquired(self) -> int: ...
    @property
    def pulses_lost(self) -> int: ...
    @property
    def pulse_noise(self) -> int: ...
    def take(self, line: bytes | bytearray | memoryview | str) -> int: ...
    async def ready(self) -> None: ...
    async def pulse(self) -> int: ...
    def get_ms(self) -> int: ...
    def get_t_split(self) -> list[int]: ...
    def set_rtc(self) -> Coroutine[Any, Any, None]: ...
    def delta(self) -> Coroutine[Any, Any, int]: ...
    def calibrate(self, minutes: int = 5) -> Coroutine[Any, Any, int]: ...

class GPS_Timer(_Timed, AS_GPS):
    def __init__(
        self,
        sreader: _Reader | None,
        pps_pin: _Interrupting,
        local_offset: float = 0,
        fix_cb: Callable[Concatenate[Self, int, ...], object] | None = None,
        cb_mask: int = ...,
        fix_cb_args: Iterable[Any] = (),
        pps_cb: Callable[Concatenate[Self, ...], object] | None = None,
        pps_cb_args: Iterable[Any] = (),
    ) -> None: ...

class GPS_RWTimer(_Timed, GPS):
    def __init__(
        self,
        sreader: _Reader | None,
        swriter: _Writer | None,
        pps_pin: _Interrupting,
        local_offset: float = 0,
        fix_cb: Callable[Concatenate[Self, int, ...], object] | None = None,
        cb_mask: int = ...,
        fix_cb_args: Iterable[Any] = (),
        msg_cb: Callable[Concatenate[Self, list[Any], ...], object] | None = None,
        msg_cb_args: Iterable[Any] = (),
        pps_cb: Callable[Concatenate[Self, ...], object] | None = None,
        pps_cb_args: Iterable[Any] = (),
    ) -> None: ...
