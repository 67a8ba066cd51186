"""Names of micropython-async and of MicroPython's asyncio: what programs that were written for them import."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from twincore.desktop.targets.staging import aliases_folder, modules_beside

ASYNCIO = "CancelledError Event Lock Loop StreamReader StreamWriter Task ThreadSafeFlag TimeoutError create_task"
ASYNCIO += " current_task gather get_event_loop new_event_loop open_connection run sleep sleep_ms start_server wait_for"
ASYNCIO += " wait_for_ms core"
CORE = "CancelledError IOQueue Loop SingletonGenerator Task TaskQueue TimeoutError create_task cur_task current_task"
CORE += " get_event_loop new_event_loop run run_until_complete sleep sleep_ms ticks ticks_add ticks_diff _task_queue"
GPS = "ALTITUDE AS_GPS COURSE DATE DD DM DMS DMY GGA GLL GSA GSV KML KNOT KPH LONG MDY MPH POSITION RMC VTG"
NEC = "BADADDR BADBLOCK BADDATA BADREP BADSTART NEC_IR OVERRUN REPEAT"
COMMANDS = "ANTENNA COLD_START DEFAULT_SENTENCES ENABLE FULL_COLD_START HOT_START NO_ANTENNA STANDBY VERSION WARM_START"

# Each module, and the names that its users import from it.
UPSTREAM = {
    "asyncio": ASYNCIO,
    "asyncio.core": CORE,
    "asyncio.event": "Event ThreadSafeFlag",
    "asyncio.funcs": "gather wait_for wait_for_ms",
    "asyncio.lock": "Lock",
    "asyncio.stream": "Server Stream StreamReader StreamWriter open_connection start_server",
    "asyncio.task": "Task TaskQueue",
    "uasyncio": ASYNCIO,
    "uasyncio.core": CORE,
    "uasyncio.event": "Event ThreadSafeFlag",
    "uasyncio.funcs": "gather wait_for wait_for_ms",
    "uasyncio.lock": "Lock",
    "uasyncio.stream": "Server Stream StreamReader StreamWriter open_connection start_server",
    "uasyncio.task": "Task TaskQueue",
    "primitives": "AADC Barrier BoundedSemaphore Broker Condition Delay_ms EButton ELO ESP32Touch ESwitch Encoder"
    " Keyboard Pushbutton Queue RegExp RingbufQueue Semaphore SwArray Switch WaitAll WaitAny broker launch"
    " set_global_exception",
    "primitives.aadc": "AADC",
    "primitives.barrier": "Barrier",
    "primitives.broker": "Agent Broker RegExp broker",
    "primitives.condition": "Condition",
    "primitives.delay_ms": "Delay_ms",
    "primitives.encoder": "Encoder",
    "primitives.esp32_touch": "ESP32Touch",
    "primitives.events": "EButton ELO ESwitch WaitAll WaitAny",
    "primitives.irq_event": "IRQ_EVENT",
    "primitives.message": "Message",
    "primitives.pushbutton": "ESP32Touch Pushbutton",
    "primitives.queue": "Queue QueueEmpty QueueFull",
    "primitives.ringbuf_queue": "RingbufQueue",
    "primitives.rp2_touch": "RP2Touch",
    "primitives.semaphore": "BoundedSemaphore Semaphore",
    "primitives.sw_array": "CLOSE DOUBLE Keyboard LONG OPEN SUPPRESS SwArray",
    "primitives.switch": "Switch",
    "primitives.threadsafe_queue": "ThreadSafeQueue",
    "threadsafe": "Context Message ThreadSafeEvent ThreadSafeQueue",
    "threadsafe.context": "Context",
    "threadsafe.message": "Message",
    "threadsafe.threadsafe_event": "ThreadSafeEvent",
    "threadsafe.threadsafe_queue": "ThreadSafeQueue",
    "as_drivers": "AS_GPS GPS GPS_RWTimer GPS_Timer HTU21D LCD NEC_IR Sequence SynCom cron schedule",
    "as_drivers.as_GPS": GPS,
    "as_drivers.as_GPS.as_GPS": GPS,
    "as_drivers.as_GPS.as_GPS_utils": "DMY LONG MDY compass_direction date_string",
    "as_drivers.as_GPS.as_rwGPS": "GPS " + COMMANDS,
    "as_drivers.as_GPS.as_tGPS": "GPS_RWTimer GPS_Timer rtc_secs",
    "as_drivers.client_server": "",
    "as_drivers.client_server.heartbeat": "heartbeat",
    "as_drivers.hd44780": "LCD PINLIST",
    "as_drivers.hd44780.alcd": "LCD PINLIST",
    "as_drivers.htu21d": "HTU21D",
    "as_drivers.htu21d.htu21d_mc": "HTU21D",
    "as_drivers.i2c": "",
    "as_drivers.i2c.asi2c": "Channel Responder",
    "as_drivers.i2c.asi2c_i": "Channel Initiator",
    "as_drivers.metrics": "",
    "as_drivers.metrics.metrics": "metrics",
    "as_drivers.nec_ir": NEC,
    "as_drivers.nec_ir.aremote": NEC,
    "as_drivers.sched": "",
    "as_drivers.sched.cron": "cron timegm is_leap_year days_in_month",
    "as_drivers.sched.primitives": "launch set_global_exception",
    "as_drivers.sched.sched": "Sequence cron launch schedule",
    "as_drivers.syncom": "",
    "as_drivers.syncom.syncom": "SynCom SynComError",
    "sched": "",
    "sched.cron": "cron timegm is_leap_year days_in_month",
    "sched.primitives": "launch set_global_exception",
    "sched.sched": "Sequence cron launch schedule",
    # what demos import that lie beside their driver
    "aremote": NEC,
    "heartbeat": "heartbeat",
    "syncom": "SynCom SynComError",
}

PROGRAM = """
import asyncio
import uasyncio
from as_drivers.nec_ir import REPEAT
from as_drivers.as_GPS.as_GPS import AS_GPS, DD
from as_drivers.sched.cron import timegm
from as_drivers.sched.sched import Sequence, cron, schedule
from primitives import Delay_ms, Pushbutton
from primitives.queue import Queue
from threadsafe import Message, ThreadSafeQueue

level = 1


def pin():
    return level


async def press(log):
    global level
    button = Pushbutton(pin)
    button.press_func(log.append, ("pressed",))
    await asyncio.sleep_ms(100)
    level = 0
    await asyncio.sleep_ms(150)
    button.deinit()


async def main():
    log = []
    delay = Delay_ms(log.append, ("late",), duration=20)
    delay.trigger()
    await delay.wait()
    queue = ThreadSafeQueue(2)
    queue.put_sync("item")
    log.append(await queue.get())
    await press(log)
    gps = AS_GPS(None)
    await gps._update("$GPGLL,4916.45,N,12311.12,W,225444,A,*1D\\r\\n")
    print(sorted(log), REPEAT, gps.latitude_string(DD))
    print(cron(hrs=1)(timegm((2024, 1, 1, 0, 0, 0, 0, 0))))
    print(uasyncio.Event is asyncio.Event, hasattr(asyncio, "TaskGroup"))
    try:
        await asyncio.wait_for_ms(asyncio.Event().wait(), 10)
    except asyncio.TimeoutError:
        print("timed out")


asyncio.run(main())
"""


def alias_files():
    """Below their folder."""
    folder = aliases_folder()
    return {file.relative_to(folder) for file in folder.rglob("*.py")} - {Path("__init__.py")}


def modules_on(place):
    """Those that an application gets there: CPython has some of the names itself."""
    own = sys.stdlib_module_names if place == "cpython" else ()
    return {module: names.split() for module, names in UPSTREAM.items() if module.partition(".")[0] not in own}


def test_each_alias_is_listed_here():
    names = {file.with_suffix("").as_posix().removesuffix("/__init__").replace("/", ".") for file in alias_files()}
    assert names == set(UPSTREAM)


@pytest.mark.parametrize("on", ["simulated", "cpython", "plain cpython", "micropython"])
def test_each_alias_has_the_names_that_upstream_has(app, twincore, target_is_here, on):
    place = on.split()[-1]
    if place == "micropython":
        target_is_here(place)
    lines = []
    for module, names in modules_on(place).items():
        lines += [f"import {module}"] + [f"from {module} import {name}" for name in names]
    tries = "".join(f"try:\n    {line}\nexcept (ImportError, AttributeError):\n    print({line!r})\n" for line in lines)
    script = app(tries + "print('all')\n")
    plain = {"TWINCORE_PURE": "1", "TWINCORE_REQUIRE_COMPILED": ""} if on.startswith("plain") else None
    ran = twincore("run", "--on", place, script, env=plain)
    assert (ran.stdout, ran.stderr) == ("all\n", "")


@pytest.mark.parametrize("place", ["simulated", "micropython", "rp2040"])
def test_an_existing_program_does_the_same_everywhere(app, twincore, target_is_here, place):
    if place != "simulated":
        target_is_here(place)
    ran = twincore("run", "--on", place, app(PROGRAM))
    assert ran.stderr == ""
    assert ran.stdout.splitlines() == [
        "['item', 'late', 'pressed'] -1 49.274167° N",
        "3600",
        "True True",
        "timed out",
    ]


def test_on_cpython_asyncio_is_its_own(app, twincore):
    script = app("import asyncio, uasyncio, primitives\nprint(asyncio.Queue, hasattr(uasyncio, 'sleep_ms'))\n")
    assert twincore("run", "--on", "cpython", script).stdout == "<class 'asyncio.queues.Queue'> True\n"


def test_a_module_of_the_applications_own_comes_before_an_alias(app, twincore, place):
    app("value = 'own'\n", "primitives.py")
    ran = twincore("run", "--on", place, app("import primitives\nprint(primitives.value)\n"))
    assert (ran.stdout, ran.stderr) == ("own\n", "")


@pytest.mark.parametrize("place", ["simulated", "rp2040"])
def test_a_folder_of_the_applications_own_adds_to_an_alias(app, twincore, target_is_here, place):
    if place != "simulated":
        target_is_here(place)
    app("from ..aremote import REPEAT\nvalue = REPEAT\n", "as_drivers/nec_ir/demos/one.py")
    script = app("from as_drivers.nec_ir.demos.one import value\nprint(value)\n")
    ran = twincore("run", "--on", place, script)
    assert (ran.stdout, ran.stderr) == ("-1\n", "")


def test_the_program_of_the_docs_prints_what_they_say(app, twincore):
    text = (Path(__file__).parents[2] / "docs" / "differences.md").read_text()
    (program, printed), = re.findall(r"```py\n(.*?)```\n\n```text\n(.*?)```", text, re.S)
    assert twincore("run", "--virtual", app(program)).stdout == printed


def test_mip_puts_each_alias_on_a_board():
    urls = json.loads((aliases_folder() / "package.json").read_text())["urls"]
    assert {Path(here) for _, here in urls} == alias_files()
    assert all(on_board == here for on_board, here in urls)


def test_a_board_on_which_mip_has_put_them_runs_an_existing_program(app, started, target_is_here, tmp_path):
    pytest.importorskip("mpremote", reason="the extra `board` is not installed")
    target_is_here("rp2040")
    imports = "import asyncio\nfrom primitives.delay_ms import Delay_ms\n"
    script = app(imports + "print(asyncio.__file__, asyncio.TaskGroup, Delay_ms)\n")
    folder = tmp_path / "some of the aliases"
    for name, file in modules_beside(script, [aliases_folder()]).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(file.read_bytes())
    index = json.loads((aliases_folder() / "package.json").read_text())
    index["urls"] = [(on_board, here) for on_board, here in index["urls"] if (folder / here).exists()]
    (folder / "package.json").write_text(json.dumps(index))
    address = started("serve", "--port", "0").stdout.readline().decode().split()[-1]
    mip = ["mip", "install", "--target", "/", str(folder / "package.json")]
    command = [sys.executable, "-m", "mpremote", "connect", address, *mip, "+", "run", str(script)]
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=50)
    assert done.stdout.endswith("asyncio/__init__.py <class 'TaskGroup'> <class 'Delay_ms'>\n"), done
