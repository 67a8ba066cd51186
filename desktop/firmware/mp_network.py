"""`network`: a WLAN, or LAN, that connects after a while: to the desktop's own network, whatever its name and key."""

from __future__ import annotations

import socket
from types import ModuleType
from typing import TYPE_CHECKING, Any

from .modules import module

if TYPE_CHECKING:
    from .world import World

STA_IF, AP_IF = 0, 1
CONNECT_US = 1_000_000
STAT_IDLE, STAT_CONNECTING, STAT_GOT_IP = 0, 1, 3
STATUSES = {
    "STAT_IDLE": STAT_IDLE, "STAT_CONNECTING": STAT_CONNECTING, "STAT_GOT_IP": STAT_GOT_IP, "STAT_WRONG_PASSWORD": -3,
    "STAT_NO_AP_FOUND": -2, "STAT_CONNECT_FAIL": -1,
}
MASK, NAMESERVER = "255.255.255.0", "8.8.8.8"


def own_address() -> str:
    """The desktop's address in its network; of itself if it is in none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # nothing is sent
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"


class _Interface:
    """One network interface of a board."""

    def __init__(self, world: World, number: int) -> None:
        self._world = world
        self._active = False
        self._up_at: int | None = None  # when it is connected
        self._config: dict[str, Any] = {
            "mac": bytes([0x28, 0xCD, 0xC1, 0, 0, number]),
            "ssid": "",
            "channel": 1,
            "hostname": "board",
            "pm": 0xA11140,
        }
        self._addresses: tuple[str, ...] | None = None

    def active(self, on: Any = None) -> bool | None:
        """Without `on`, whether it is."""
        if on is None:
            return self._active
        self._active = bool(on)
        if not on:
            self._up_at = None
        return None

    def connect(self, ssid: str | None = None, key: str | None = None, **_: Any) -> None:
        """Begin to. OSError if it is not active."""
        if not self._active:
            raise OSError("the interface is not active: call active(True) first")
        self._config["ssid"] = ssid or ""
        self._up_at = self._world.time.now() + CONNECT_US

    def disconnect(self) -> None:
        self._up_at = None

    def isconnected(self) -> bool:
        self._world.spend()
        return self._up_at is not None and self._world.time.now() >= self._up_at

    def status(self, param: str | None = None) -> int:
        """How far it is, as on a Pico W; with "rssi" the strength in dBm."""
        if param == "rssi":
            return -50
        if param is not None:
            raise ValueError(f"unknown status param {param!r}: there is 'rssi'")
        if self.isconnected():
            return STAT_GOT_IP
        return STAT_IDLE if self._up_at is None else STAT_CONNECTING

    def ifconfig(self, addresses: tuple[str, str, str, str] | None = None) -> tuple[str, ...] | None:
        """(address, mask, gateway, name server); they can be set, to no effect on the desktop's network."""
        if addresses is not None:
            self._addresses = tuple(addresses)
            return None
        if self._addresses is not None:
            return self._addresses
        if not self.isconnected():
            return ("0.0.0.0", "255.255.255.255", "0.0.0.0", "0.0.0.0")
        address = own_address()
        return (address, MASK, address.rpartition(".")[0] + ".1", NAMESERVER)

    def config(self, *names: str, **values: Any) -> Any:
        """One by name, or any number to be set. ValueError for a name that there is not."""
        if names:
            if names[0] not in self._config:
                raise ValueError(f"unknown config param {names[0]!r}: there is {', '.join(sorted(self._config))}")
            return self._config[names[0]]
        self._config.update(values)
        return None

    def scan(self) -> list[tuple[Any, ...]]:
        """The one network there is: (ssid, bssid, channel, RSSI, security, hidden)."""
        return [(b"desktop", b"\x02desk\x00", 1, -50, 0, 1)]


def make(world: World) -> ModuleType:
    """`network` for the application of one board."""
    interfaces: dict[int, _Interface] = {}
    names = {"hostname": world.board.kind.name, "country": "XX"}

    class WLAN(_Interface):
        IF_STA, IF_AP = STA_IF, AP_IF
        PM_NONE, PM_PERFORMANCE, PM_POWERSAVE = 0xA11140 & ~0xF, 0xA11142, 0xA11140

        def __new__(cls, interface: int = STA_IF) -> WLAN:
            """The same object each time, as on a board."""
            if interface not in (STA_IF, AP_IF):
                raise ValueError(f"no such interface {interface!r}: there is STA_IF and AP_IF")
            return interfaces.setdefault(interface, super().__new__(cls))  # type: ignore[return-value]

        def __init__(self, interface: int = STA_IF) -> None:
            if not hasattr(self, "_active"):
                super().__init__(world, interface)

    class LAN(_Interface):
        def __init__(self, *_: Any, **__: Any) -> None:
            super().__init__(world, 2)

    def setting(name: str) -> Any:
        def get_or_set(value: str | None = None) -> str | None:
            if value is None:
                return names[name]
            names[name] = value
            return None

        return get_or_set

    return module(
        "network",
        AP_IF=AP_IF,
        LAN=LAN,
        STA_IF=STA_IF,
        WLAN=WLAN,
        country=setting("country"),
        hostname=setting("hostname"),
        **STATUSES,
    )
