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
CYW43 = {  # of a Pico W
    "STAT_IDLE": 0, "STAT_CONNECTING": 1, "STAT_GOT_IP": 3, "STAT_WRONG_PASSWORD": -3, "STAT_NO_AP_FOUND": -2,
    "STAT_CONNECT_FAIL": -1,
}
ESP32 = {
    "STAT_IDLE": 1000, "STAT_CONNECTING": 1001, "STAT_GOT_IP": 1010, "STAT_NO_AP_FOUND": 201,
    "STAT_WRONG_PASSWORD": 202, "STAT_BEACON_TIMEOUT": 200, "STAT_ASSOC_FAIL": 203, "STAT_HANDSHAKE_TIMEOUT": 204,
    "AUTH_OPEN": 0, "AUTH_WEP": 1, "AUTH_WPA_PSK": 2, "AUTH_WPA2_PSK": 3, "AUTH_WPA_WPA2_PSK": 4,
    "AUTH_WPA2_ENTERPRISE": 5, "AUTH_WPA3_PSK": 6, "AUTH_WPA2_WPA3_PSK": 7,
    "MODE_11B": 1, "MODE_11G": 2, "MODE_11N": 4,
}
SECURITY = {
    "rp2": {"SEC_OPEN": 0, "SEC_WPA_WPA2": 0x400006, "SEC_WPA3": 0x1000004, "SEC_WPA2_WPA3": 0x1400004},
    "esp32": {"SEC_" + name[5:].removesuffix("_PSK"): value for name, value in ESP32.items() if name[:4] == "AUTH"},
}  # fmt: skip
MASK, NAMESERVER = "255.255.255.0", "8.8.8.8"


def own_address() -> str:
    """The desktop's address in its network; of itself if it is in none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # nothing is sent
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"


def _known(values: dict[str, Any], name: str) -> Any:
    """The value of that name. ValueError names those there are."""
    if name not in values:
        raise ValueError(f"unknown config param {name!r}: there is {', '.join(sorted(values))}")
    return values[name]


def _address_and_mask(given: Any) -> tuple[str, str]:
    """Of "192.168.0.4/24", or a pair."""
    if not isinstance(given, str):
        address, mask = given
        return address, mask
    address, _, bits = given.partition("/")
    mask = (0xFFFFFFFF << 32 - int(bits or 32)) & 0xFFFFFFFF
    return address, ".".join(str(mask >> shift & 0xFF) for shift in (24, 16, 8, 0))


class _Interface:
    """One network interface of a board."""

    def __init__(self, world: World, number: int) -> None:
        self._world = world
        self._statuses = CYW43 if world.board.kind.platform == "rp2" else ESP32
        self._access_point = number == AP_IF
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
        self._dhcp = True

    def active(self, on: Any = None) -> bool | None:
        """Whether it is, after it was set, if `on` is given. An access point is up as soon as it is active."""
        if on is not None:
            self._active = bool(on)
            if not on:
                self._up_at = None
        return self._active

    def connect(self, ssid: str | None = None, key: str | None = None, **_: Any) -> None:
        """Begin to. OSError if it is not active."""
        if not self._active:
            raise OSError("the interface is not active: call active(True) first")
        self._config["ssid"] = ssid or ""
        self._up_at = self._world.time.now() + CONNECT_US

    def disconnect(self) -> None:
        self._up_at = None

    def isconnected(self) -> bool:
        """Whether it has come to its network; nobody comes to an access point here."""
        self._world.spend()
        return self._up_at is not None and self._world.time.now() >= self._up_at

    def status(self, param: str | None = None) -> Any:
        """How far it is; with "rssi" the strength in dBm; of an access point, with "stations" who is there."""
        if param == "rssi":
            return -50
        if param == "stations" and self._access_point:
            return []
        if param is not None:
            raise ValueError(f"unknown status param {param!r}: there is 'rssi', and 'stations' of an access point")
        if self.isconnected() or (self._access_point and self._active):
            return self._statuses["STAT_GOT_IP"]
        return self._statuses["STAT_IDLE" if self._up_at is None else "STAT_CONNECTING"]

    def ifconfig(self, addresses: tuple[str, str, str, str] | None = None) -> tuple[str, ...] | None:
        """(address, mask, gateway, name server); they can be set, to no effect on the desktop's network."""
        if addresses is not None:
            self._addresses = tuple(addresses)
            return None
        if self._addresses is not None:
            return self._addresses
        if not self.isconnected() and not (self._access_point and self._active):
            return ("0.0.0.0", "255.255.255.255", "0.0.0.0", "0.0.0.0")
        address = own_address()
        return (address, MASK, address.rpartition(".")[0] + ".1", NAMESERVER)

    def ipconfig(self, name: str | None = None, **values: Any) -> Any:
        """addr4, (address, mask); gw4, the gateway; dhcp4 and has_dhcp4; or set the first three. ValueError."""
        if name is not None:
            address, mask, gateway, _ = self.ifconfig() or ()
            known = {"addr4": (address, mask), "gw4": gateway, "dhcp4": self._dhcp, "addr6": []}
            known["has_dhcp4"] = self._dhcp and self.isconnected()
            return _known(known, name)
        for key, value in values.items():
            address, mask, gateway, server = self.ifconfig() or ()
            if key == "addr4":
                address, mask = _address_and_mask(value)
            elif key == "gw4":
                gateway = value
            elif key == "dhcp4":
                self._dhcp, self._addresses = bool(value), None if value else self._addresses
                continue
            else:
                raise ValueError(f"unexpected key {key!r}: there is addr4, gw4 and dhcp4")
            self.ifconfig((address, mask, gateway, server))
            self._dhcp = False
        return None

    def config(self, *names: str, **values: Any) -> Any:
        """One by name, or any number to be set. ValueError for a name that there is not."""
        if names:
            return _known(self._config, names[0])
        self._config.update(values)
        return None

    def scan(self) -> list[tuple[Any, ...]]:
        """The one network there is: (ssid, bssid, channel, RSSI, security, hidden)."""
        return [(b"desktop", b"\x02desk\x00", 1, -50, 0, 1)]


def make(world: World) -> ModuleType:
    """`network` for the application of one board."""
    interfaces: dict[int, _Interface] = {}
    names = {"hostname": world.board.kind.name, "country": "XX"}
    network: dict[str, Any] = {"dns": NAMESERVER, "prefer": 4}

    class WLAN(_Interface):
        IF_STA, IF_AP = STA_IF, AP_IF
        PM_NONE, PM_PERFORMANCE, PM_POWERSAVE = 0xA11140 & ~0xF, 0xA11142, 0xA11140
        locals().update(SECURITY.get(world.board.kind.platform, {}))

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

    def ipconfig(name: str | None = None, **values: Any) -> Any:
        """dns, the name server, and prefer, 4 or 6; or set them, to no effect on the desktop's network."""
        if name is not None:
            return _known(network, name)
        for key in values:
            _known(network, key)
        network.update(values)
        return None

    return module(
        "network",
        AP_IF=AP_IF,
        LAN=LAN,
        STA_IF=STA_IF,
        WLAN=WLAN,
        country=setting("country"),
        hostname=setting("hostname"),
        ipconfig=ipconfig,
        **(CYW43 if world.board.kind.platform == "rp2" else ESP32),
    )
