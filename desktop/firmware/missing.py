"""What an application is told that imports a module which the simulated board has not: why, what there is instead."""

from __future__ import annotations

import difflib
import importlib.util
from collections.abc import Iterable

IN_MICROPYTHON_LIB = frozenset(
    "__future__ abc aioble argparse base64 bisect cmd contextlib copy curses datetime fnmatch functools gzip hmac html"
    " inspect itertools keyword locale logging ntptime operator pathlib pickle pprint quopri requests sdcard shutil"
    " ssd1306 stat string tarfile tempfile textwrap threading traceback types typing umqtt unittest urequests uu uuid"
    " warnings zlib".split()
)
RADIO = "and no desktop has the radio for it: leave it out here, or run on a board (`twincore run --on PORT`)"
NOT_SIMULATED = {  # name -> what a person can do
    **dict.fromkeys("ds18x20 lcd160cr mip onewire stm tls webrepl websocket".split(), ""),
    "bluetooth": RADIO,
    "btree": "keep the records in a file, as JSON or one a line",
    "espnow": RADIO,
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
