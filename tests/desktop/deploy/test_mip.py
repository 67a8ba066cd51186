"""The package files that `mip` installs from: up to date, and each layer whole with those below."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.cpython
ROOT = Path(__file__).parents[3]
BELOW = {
    "core": [],
    "threadsafe": ["core"],
    "primitives": ["core", "threadsafe"],
    "offload": ["core", "threadsafe"],
    "drivers": ["core", "threadsafe", "primitives", "offload"],
}
ON_THE_BOARD = os.environ.get("TWINCORE_MIP", "threadsafe").split()  # which takes 20 s there; `make nightly` takes all
USE = """
import _thread
from twincore import core
from twincore.threadsafe import ThreadSafeQueue

queue = ThreadSafeQueue(4)

def on_core_1():
    for n in range(10):
        queue.put_sync(n, block=True)

async def main():
    _thread.start_new_thread(on_core_1, ())
    for n in range(10):
        assert await queue.get() == n
    print("all there")

core.run(main())
"""


@pytest.fixture
def mip_index():
    file = ROOT / ".ci" / "mip_index.py"
    if not file.is_file():
        pytest.skip("not a source checkout")
    spec = importlib.util.spec_from_file_location("mip_index", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_package_files_are_up_to_date(mip_index):
    for name, text in mip_index.indexes().items():
        assert (ROOT / name).read_text() == text, f"run .ci/mip_index.py: {name} is not what it makes"


def test_a_layer_brings_those_below(mip_index):
    assert {folder: sorted(mip_index.below(folder)) for folder in BELOW} == {k: sorted(v) for k, v in BELOW.items()}


@pytest.mark.parametrize("layer", BELOW)
def test_mpremotes_mip_installs_a_layer(layer, unix_transport, monkeypatch, capsys):
    """By mpremote's own code, onto MicroPython's unix port; no module misses another of the library there."""
    mip = pytest.importorskip("mpremote.mip", reason="the extra `board` is not installed")
    monkeypatch.chdir(ROOT)
    mip._install_package(MipTransport(unix_transport), f"./{layer}.json", "no index", "/lib", None, True)
    listed = [target for target, _ in json.loads((ROOT / f"{layer}.json").read_text())["urls"]]
    assert capsys.readouterr().out.count("Installing: /lib/twincore/") == len(listed)
    assert {target.split("/")[1] for target in listed} == {layer, *BELOW[layer]}
    modules = {target.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for target in listed}
    for module in sorted(modules):  # some need what only an RP2 has
        code = "try: import {}\nexcept ImportError as error:\n    if 'twincore' in str(error): raise"
        unix_transport.exec(code.format(module))


@pytest.mark.timeout(500)
@pytest.mark.parametrize("package", ON_THE_BOARD)
def test_mpremote_installs_a_package_on_an_empty_emulated_board_and_it_works(package, port):
    """mpremote unmodified, as a person types it; the sources are compiled on the board."""
    words = ["mip", "install", f"./{package}.json", "+", "soft-reset", "+", "exec", USE]
    command = [sys.executable, "-m", "mpremote", "connect", port, *words]
    done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=490)
    assert done.returncode == 0, done
    listed = json.loads((ROOT / f"{package}.json").read_text())["urls"]
    assert done.stdout.count("Installing: /lib/twincore/") == len(listed)
    assert done.stdout.endswith("all there\n")


def MipTransport(transport):
    """The file functions of mpremote's Transport over another transport's `exec`."""
    from mpremote.transport import Transport

    class ByExec(Transport):
        def exec(self, code, data_consumer=None):
            return transport.exec(code, data_consumer)

        def eval(self, expression):
            import ast

            return ast.literal_eval(self.exec(f"print(repr({expression}))").decode().strip())

    return ByExec()
