"""What an application is told that imports a module, or uses a name of one, which the simulated board has not.

Why, and what there is instead.
"""

from __future__ import annotations

import difflib
import importlib.util
from collections.abc import Iterable

IN_MICROPYTHON_LIB = frozenset(
    "__future__ abc aioble argparse base64 bisect cmd contextlib copy curses datetime fnmatch functools gzip hmac html"
    " inspect itertools keyword locale logging operator pathlib pickle pprint quopri sdcard shutil"
    " ssd1306 stat string tarfile tempfile textwrap threading traceback types typing unittest urllib uu"
    " uuid warnings zlib".split()
)
RADIO = "and no desktop has the radio for it: leave it out here, or run on a board (`twincore run --on PORT`)"
NOT_SIMULATED = {  # name -> what a person can do
    **dict.fromkeys("lcd160cr mip stm tls webrepl websocket".split(), ""),
    "bluetooth": RADIO,
    "btree": "keep the records in a file, as JSON or one a line",
    "espnow": RADIO,
    "umqtt": "put micropython-lib's beside the application",
}
ON_A_BOARD = "run on a board (`twincore run --on PORT`)"
BLOCK_DEVICE = "the application's folder is at /, and os.mount takes any block device"
NAMES_NOT_SIMULATED = {  # module -> name -> what a person can do
    "machine": {
        "SDCard": 'use SPI, and a card of kind = "sd_card" in board.toml',
        "Counter": "count in a handler, by Pin.irq",
        "Encoder": "use primitives.Encoder",
        **dict.fromkeys(("CAN", "USBDevice"), ON_A_BOARD),
    },
    "pyb": {
        **dict.fromkeys(("Flash", "SDCard"), BLOCK_DEVICE),
        **dict.fromkeys(("CAN", "LCD", "USB_HID", "USB_VCP", "hid_keyboard", "hid_mouse"), ON_A_BOARD),
    },
    "rp2": {"Flash": BLOCK_DEVICE},
    "esp32": {"Partition": BLOCK_DEVICE},
    "network": dict.fromkeys(("PPP", "WIZNET5K"), "network.WLAN is simulated"),
}


def text(name: str, known: Iterable[str]) -> str:
    """The text of the ImportError for the module `name`; `known` are the names of those that there are."""
    said = f"no module named {name!r}: no board has it"
    if name in NOT_SIMULATED:
        hint = NOT_SIMULATED[name]
        joint = "" if not hint else ", " if hint.startswith("and ") else ": "
        said = f"no module named {name!r}: boards have it, but it is not simulated{joint}{hint}"
    if name in IN_MICROPYTHON_LIB:
        said += ", but micropython-lib does: put it beside the application"
    near = difflib.get_close_matches(name, sorted(known), n=1)
    if near:
        said += f" (did you mean {near[0]!r}?)"
    if importlib.util.find_spec(name) is None:
        return said
    allowed = f"World(..., allow=[{name!r}]), or `twincore run --allow {name}`"
    return f"{said}. To let the application have the desktop's: {allowed}"


def name_text(module: str, name: str, known: Iterable[str]) -> str:
    """The text for one who asks the board's `module` for a `name` that it has not; `known` are those that it has."""
    hint = NAMES_NOT_SIMULATED.get(module, {}).get(name)
    if hint is not None:
        return f"module {module!r} has no {name!r}: boards have it, but it is not simulated: {hint}"
    said = f"module {module!r} has no {name!r}"
    near = difflib.get_close_matches(name, sorted(each for each in known if not each.startswith("_")), n=1)
    return f"{said} (did you mean {near[0]!r}?)" if near else said
