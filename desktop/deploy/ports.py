"""The port a board is at, as mpremote has it, opened; and why it could not be, in one line.

A port is `auto` (the first USB serial port), a device (/dev/ttyACM0, COM3), mpremote's short forms (a0, u0, c0), id:
with a serial number, or socket://host:port, where `twincore serve` offers an emulated board.
"""

from __future__ import annotations

import contextlib
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .errors import PortError

if TYPE_CHECKING:
    from mpremote.transport_serial import SerialTransport  # type: ignore[import-untyped]

AUTO = "auto"
READ_TIMEOUT = 10  # seconds of silence in the middle of an answer after which a board is lost
SHORT_FORMS = {"a": "/dev/ttyACM", "u": "/dev/ttyUSB", "c": "COM"}


def looks_like_port(text: str) -> bool:
    """Whether a word is meant as a port, and is no misspelt name of something else."""
    if text == AUTO or re.match(r"[auc]\d+$|(?i:COM)\d+$|id:|port:|[a-z0-9]+://", text):
        return True
    return "/" in text or Path(text).is_char_device()  # the second: such as the link that `twincore serve` makes


def check_port(text: str) -> None:
    """Raise PortError for a word that cannot be a port, and say what may have been meant."""
    if looks_like_port(text):
        return
    if re.match(r"[\w.-]+:\d+$", text):
        meant = f": did you mean socket://{text}?"
    elif Path(text).is_dir():
        meant = ", but a folder: give the application's file"
    elif Path("/dev", text).exists():
        meant = f": did you mean /dev/{text}?"
    else:
        meant = ", such as auto, /dev/ttyACM0 or COM3, and no application, which ends in .py"
    raise PortError(f"{text} is no port{meant}")


def open_port(port: str) -> tuple[SerialTransport, str]:
    """Open the port; return mpremote's transport, and the name of what was opened. Raises PortError."""
    transport_of = _mpremote()
    if port == AUTO:
        return _first_usb_port(transport_of)
    if port.startswith("id:"):
        found = [each.device for each in _ports() if each.serial_number == port[3:]]
        if not found:
            raise PortError(f"no board has the serial number {port[3:]}: {_what_there_is()}")
        device = found[0]
    elif re.match(r"[auc]\d+$", port):
        device = SHORT_FORMS[port[0]] + port[1:]
    else:
        device = port.removeprefix("port:")
    return _open(transport_of, device), device


def _mpremote() -> Any:
    try:
        from mpremote import transport_serial  # type: ignore[import-untyped]
    except ModuleNotFoundError as error:
        raise PortError(f"a board needs {error.name}, which is not installed: pip install 'twincore[board]'") from None
    return transport_serial.SerialTransport


def _open(transport_of: Any, device: str) -> Any:
    from mpremote.transport import TransportError  # type: ignore[import-untyped]

    try:
        return transport_of(device, timeout=READ_TIMEOUT)
    except (TransportError, OSError):
        raise PortError(_why_not(device)) from None
    except ValueError as error:
        raise PortError(f"{device}: {error}") from None


def _first_usb_port(transport_of: Any) -> tuple[Any, str]:
    reasons = []
    for each in _ports():
        if each.vid is not None:
            try:
                return _open(transport_of, each.device), each.device
            except PortError as error:
                reasons.append(str(error))
    raise PortError("; ".join(reasons) or f"no board found: {_what_there_is()}")


def _ports() -> list[Any]:
    from serial.tools.list_ports import comports  # type: ignore[import-untyped]

    return sorted(comports())


def _what_there_is() -> str:
    ports = [f"{each.device} ({each.product or 'not USB'})" for each in _ports()]
    served = "`twincore serve` offers an emulated board at socket://127.0.0.1:4455"
    return f"{'the ports here are ' + ', '.join(ports) if ports else 'there is no serial port here'}; {served}"


def _why_not(device: str) -> str:
    """Why a device could not be opened; mpremote keeps that to itself."""
    import serial  # type: ignore[import-untyped]

    try:
        serial.serial_for_url(device, exclusive=True).close()
    except (serial.SerialException, OSError) as error:
        reason = str(error)
    else:
        return f"{device} could not be opened, and now it can: try again"
    if device.startswith("socket://") and not re.match(r"socket://[^/]+:\d+($|[/?])", device):
        return f"{device} lacks its host or its port: as in socket://127.0.0.1:4455"
    if "://" in device:
        hint = ": is `twincore serve` running?" if "refused" in reason else f": {reason}"
        return f"nothing listens at {device}{hint}"
    path = Path(device)
    if not path.exists() and os.name != "nt":
        return f"there is no port {device}: {_what_there_is()}"
    if path.exists() and not os.access(path, os.R_OK | os.W_OK):
        return f"{device}: permission denied{_group_hint(path)}"
    if "lock" in reason or "Access is denied" in reason or "busy" in reason:
        return f"{device} is in use by another program"
    return f"cannot open {device}: {reason}"


def _group_hint(path: Path) -> str:
    """Which group the user should be in: a serial port is its group's as a rule."""
    with contextlib.suppress(KeyError, OSError, ImportError):
        group = path.group()
        if path.stat().st_mode & 0o060 == 0o060:
            return f": it belongs to the group {group}: `sudo usermod -aG {group} $USER`, then log in anew"
        return f": it belongs to {path.owner()} alone"
    return ""
