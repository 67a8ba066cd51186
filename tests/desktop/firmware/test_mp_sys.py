"""`sys` as a board has it."""

import io
import sys

import pytest


@pytest.mark.parametrize(("kind", "platform"), [("pico", "rp2"), ("pyboard", "pyboard"), ("esp32", "esp32")])
def test_what_the_board_is(run, kind, platform):
    ran = run("""
import sys
print(sys.platform, sys.implementation.name, sys.implementation.version[:3], sys.implementation[0])
print(sys.implementation._machine)
print(sys.version_info, sys.maxsize, 'MicroPython' in sys.version, hasattr(sys, 'getsizeof'))
""", kind=kind)
    assert ran.lines[0] == f"{platform} micropython (1, 25, 0) micropython"
    assert " with " in ran.lines[1]
    assert ran.lines[2] == "(3, 4, 0) 2147483647 True False"


def test_print_exception_shows_the_applications_frames(run):
    ran = run("""
import sys, io, json
def load():
    json.loads('[{')
try:
    load()
except ValueError as e:
    sys.print_exception(e)
    out = io.StringIO()
    sys.print_exception(e, out)
    print(len(out.getvalue()) > 50)
""")
    assert [line.split()[-1] for line in ran.lines if line.startswith("  File")] == ["<module>", "load"]
    assert ran.lines[-1] == "True"


def test_streams(run, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO("one\ntwo"))
    ran = run("""
import sys
sys.stdout.write('text ')
sys.stdout.buffer.write(b'\\xc3')
sys.stdout.buffer.write(b'\\xa4\\n')
sys.stderr.write('error\\n')
print(sys.stdin.read(2), repr(sys.stdin.readline()), sys.stdin.buffer.read(5))
""")
    assert ran.text == "text \u00e4\nerror\non 'e\\n' b'two'\n"
