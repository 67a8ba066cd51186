"""What `import` finds, in which order, and what it says when it finds nothing."""

import sys
from pathlib import Path

import pytest


@pytest.fixture
def folder(tmp_path):
    """A function that writes modules beside the application: folder({"a/b.py": "x = 1"})."""

    def write(files):
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    return write


def test_modules_and_packages_of_the_application_with_relative_imports(run, folder):
    folder({
        "one.py": "import two\nvalue = two.value + 1",
        "two.py": "value = 1",
        "pack/__init__.py": "from .inner import value\nfrom . import other as renamed",
        "pack/inner.py": "from .deep.leaf import leaf\nvalue = leaf * 2",
        "pack/other.py": "name = __name__, __package__",
        "pack/deep/__init__.py": "",
        "pack/deep/leaf.py": "from .. import other\nleaf = 5 if other else 0",
        "bare/part.py": "value = 'no __init__'",
        "lib/installed.py": "value = 'by mip'",
    })
    source = """
import one, pack.deep.leaf, installed
from pack import value, renamed
from bare import part
import pack.deep.leaf as leaf
from pack.deep import *
print(one.value, value, renamed.name, part.value, pack.deep.leaf is leaf, installed.value)
import sys
print('pack.inner' in sys.modules, sys.modules['one'] is one)
"""
    assert run(source).lines == [
        "2 10 ('pack.other', 'pack') no __init__ True by mip",
        "True True",
    ]
    assert not any(name in sys.modules for name in ("one", "two", "pack", "pack.inner"))


def test_an_import_that_leads_out_of_its_package(run, folder):
    folder({"pack/__init__.py": "from ... import x"})
    ran = run("import pack")
    assert ran.lines[-1] == "ImportError: can't perform relative import: ... leads out of the package 'pack'"


def test_a_module_that_fails_can_be_imported_again(run, folder):
    folder({"flag.py": "on = []", "bad.py": "import flag\nif not flag.on:\n    raise ValueError('first')\nvalue = 3"})
    source = """
import flag
try:
    import bad
except ValueError as e:
    print(e)
flag.on.append(1)
import bad
print(bad.value)
"""
    assert run(source).text == "first\n3\n"


def test_names_with_u_are_the_boards_modules(run):
    source = """
import utime, time, uasyncio, asyncio, ujson, json, ustruct, ubinascii, uos, ure, uctypes, uselect, urandom, uio
from uasyncio import sleep_ms, StreamReader
print(utime is time, uasyncio.sleep_ms is asyncio.sleep_ms, ujson is json)
"""
    assert run(source).text == "True True True\n"


def test_the_boards_modules_come_before_the_applications_files(run, folder):
    folder({"time.py": "raise ValueError('the wrong one')", "primitives.py": "own = True"})
    assert run("import time, primitives\nprint(primitives.own)").text == "True\n"


def test_twincores_packages_by_all_their_names(run):
    source = """
import asyncio, uasyncio.core, asyncio.stream
from twincore import core, threadsafe, primitives as p
import twincore.core, twincore.offload
import twincore.core.native
from threadsafe import ThreadSafeQueue
import primitives, as_drivers
from twincore.threadsafe.queue import ThreadSafeQueue as Same
print(core.Event is asyncio.Event, uasyncio.core.TaskQueue is asyncio.TaskQueue, Same is ThreadSafeQueue)
print(p.Delay_ms is primitives.Delay_ms, as_drivers.NMEA.__module__, asyncio.stream.StreamReader is core.StreamReader)
"""
    assert run(source).lines == ["True True True", "True twincore.drivers.nmea True"]


def test_an_application_in_the_librarys_own_folder_gets_the_library(new_world, monkeypatch):
    import twincore.primitives

    library = Path(twincore.primitives.__path__[0]).parent
    monkeypatch.chdir(library)
    world = new_world()
    world.imports.paths[:0] = [Path("."), library]
    assert world.import_module("primitives").Queue is twincore.primitives.Queue
    assert world.import_module("primitives.queue").Queue is twincore.primitives.Queue


def test_a_package_of_the_library_loads_its_parts_in_the_same_world(new_world):
    import twincore.primitives

    world = new_world()
    primitives = world.import_module("primitives")
    assert primitives.Delay_ms is world.import_module("primitives.delay_ms").Delay_ms
    assert primitives.Delay_ms is not twincore.primitives.Delay_ms
    assert primitives.Queue is twincore.primitives.Queue  # compiled, so without `machine`: one for all


def test_what_is_shared_is_the_processs_own_and_what_imports_machine_is_each_boards(new_world):
    import twincore.core
    import twincore.primitives
    import twincore.threadsafe

    first, second = new_world(), new_world()
    with first.main_program():
        assert first.import_module("twincore.core") is twincore.core
        assert first.import_module("twincore.threadsafe") is twincore.threadsafe
    assert first.import_module("twincore.primitives") is not second.import_module("twincore.primitives")
    assert first.import_module("twincore.primitives") is not twincore.primitives
    assert vars(first.import_module("twincore.primitives"))["__builtins__"] is first.builtins


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("tiem", "no module named 'tiem': no board has it (did you mean 'time'?)"),
        ("helpr", "did you mean 'helper'?"),
        ("functools", "no board has it, but micropython-lib does: put it beside the application"),
        ("btree", "no module named 'btree': boards have it, but it is not simulated: keep the records in a file"),
        ("bluetooth", "no module named 'bluetooth': boards have it, but it is not simulated, and no desktop has the"),
        ("ssd1306", "no board has it, but micropython-lib does: put it beside the application"),
        ("subprocess", "To let the application have the desktop's: World(..., allow=['subprocess'])"),
        ("twincore.desktop", "no module named 'twincore.desktop': twincore has no desktop"),
        ("time.sleep", "no module named 'time.sleep': time has no sleep"),
        ("bytecode", "bytecode.mpy is bytecode for a board: the desktop needs its source"),
    ],
)
def test_what_is_missing_is_named_with_what_there_is(run, folder, name, says):
    folder({"helper.py": "", "bytecode.mpy": "M"})
    ran = run(f"import {name}")
    assert ran.code == 1
    assert ran.lines[-1].startswith("ImportError: ")
    assert says in ran.text


def test_a_missing_name_is_an_import_error_that_can_be_caught(run):
    assert run("try:\n    from time import perf_counter\nexcept ImportError:\n    print('none')").text == "none\n"


def test_modules_of_the_desktop_that_are_allowed(run):
    ran = run("import os, logging.handlers, functools\nprint(functools.__name__, hasattr(os, 'fork'))",
              allow=["logging", "functools"])
    assert ran.text == "functools False\n"


def test_the_application_can_extend_its_path(run, folder):
    folder({"extra/more.py": "value = 4"})
    assert run("import sys\nsys.path.append('/extra')\nimport more\nprint(more.value)").text == "4\n"


def test_a_module_may_import_one_that_is_being_imported(run, folder):
    folder({"a.py": "x = 1\nimport b\ny = b.z", "b.py": "import a\nz = a.x + 1"})
    assert run("import a\nprint(a.y)").text == "2\n"


@pytest.mark.parametrize(
    ("kind", "source", "said"),
    [
        ("pico", "from machine import Pin, CAN", "ImportError: module 'machine' has no 'CAN': boards have it, but it is"
         " not simulated: run on a board (`twincore run --on PORT`)"),
        ("pico", "import machine\nmachine.Encoder(0)", "AttributeError: module 'machine' has no 'Encoder': boards have"
         " it, but it is not simulated: use primitives.Encoder"),
        ("pyboard", "from pyb import USB_HID", "ImportError: module 'pyb' has no 'USB_HID': boards have it, but it is"
         " not simulated: run on a board (`twincore run --on PORT`)"),
        ("pico", "from machine import Timr", "ImportError: module 'machine' has no 'Timr' (did you mean 'Timer'?)"),
        ("esp32", "import network\nnetwork.WAN", "AttributeError: module 'network' has no 'WAN' (did you mean"
         " 'WLAN'?)"),
        ("pico", "import rp2\nrp2.nothing_like_it", "AttributeError: module 'rp2' has no 'nothing_like_it'"),
        ("esp32", "import pyb", "ImportError: no module named 'pyb': only boards of the platform pyboard have it, this"
         " one is esp32"),
    ],
)  # fmt: skip
def test_a_name_that_a_module_of_the_board_has_not_is_told_with_what_there_is(run, kind, source, said):
    assert run(source, kind=kind).lines[-1] == said


def test_a_program_may_ask_whether_a_module_of_the_board_has_a_name(run):
    source = """
import machine
try:
    from machine import USBDevice
except ImportError:
    USBDevice = None
print(USBDevice, hasattr(machine, "SDCard"), getattr(machine, "CAN", "none"))
"""
    assert run(source).lines == ["None False none"]
