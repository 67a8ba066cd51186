"""`cryptolib`: the bytes and the errors of MicroPython's; without its package, which one it needs is told."""

import subprocess
import sys

import pytest

from twincore.desktop.targets import unix_port

pytestmark = [pytest.mark.cpython, pytest.mark.timeout(60)]

PROGRAM = """
from cryptolib import aes
KEY = b'0123456789abcdef'
def show(act):
    try:
        print(act())
    except Exception as e:
        print(type(e).__name__)
for key in (KEY, KEY * 2, KEY.decode(), KEY + b'short', b''):
    for mode in (0, 1, 2, 6):
        for more in ((), (KEY,), (b'short',)):
            def both():
                encrypted = aes(key, mode, *more).encrypt(bytes(range(32)))
                again = aes(key, mode, *more)
                parts = again.encrypt(b'q' * 16), again.encrypt('q' * 16)
                return encrypted, aes(key, mode, *more).decrypt(encrypted), parts
            show(both)
one = aes(KEY, 1)
room = bytearray(20)
for act in (
    lambda: one.encrypt(b'abc'), lambda: one.encrypt(b''), lambda: one.decrypt(b'a' * 16),
    lambda: one.encrypt(b'a' * 16, room) is room, lambda: room, lambda: one.encrypt(b'a' * 16, bytearray(15)),
    lambda: aes(5, 1), lambda: aes(KEY), lambda: aes(KEY, '1'), lambda: aes(KEY, mode=1), lambda: one.encrypt(5),
):
    show(act)
in_place = bytearray(b'b' * 32)
one.encrypt(in_place, in_place)
print(in_place)
"""


def test_the_same_as_micropython(run, tmp_path, target_is_here):
    target_is_here("micropython")
    pytest.importorskip("cryptography", reason="the package cryptography is not installed")
    ran = run(PROGRAM)
    expected = unix_port.run(tmp_path / "main.py")
    assert (expected.exit_code, expected.stderr) == (0, "")
    assert ran.lines == expected.stdout.splitlines()


NEEDED = """
import sys
sys.modules["cryptography"] = None  # what makes importing it fail
from pathlib import Path
from twincore.desktop.board import Board
from twincore.desktop.firmware.world import World
with Board(virtual=True) as board:
    World(board, [Path(sys.argv[1]).parent]).run(Path(sys.argv[1]))
"""


def test_without_its_package_it_is_told_which_one_is_needed(tmp_path):
    script = tmp_path / "app.py"
    script.write_text("try:\n    import cryptolib\nexcept ImportError as e:\n    print(e)\n")
    said = subprocess.run([sys.executable, "-c", NEEDED, script], capture_output=True, text=True, timeout=50)
    assert (said.stdout, said.stderr) == (
        "no module named 'cryptolib': on the simulated board it needs the package cryptography: pip install "
        "cryptography\n",
        "",
    )
