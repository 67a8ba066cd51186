"""The streams of an application whose process has an input: polled, read by tasks, read to its end."""

import subprocess
import sys

import pytest

RUN = (
    "import sys\nfrom pathlib import Path\nfrom twincore.desktop.board import Board\n"
    "from twincore.desktop.firmware.world import World\n"
    "script = Path(sys.argv[1])\n"
    "with Board(virtual=sys.argv[2] == 'True', root=script.parent) as board:\n"
    "    sys.exit(World(board, [script.parent]).run(script))\n"
)


@pytest.fixture
def run_with_input(tmp_path):
    """A function that runs an application in a process of its own: run_with_input(text, input, virtual) -> output."""

    def run(text, given, virtual):
        script = tmp_path / "main.py"
        script.write_text(text)
        done = subprocess.run(
            [sys.executable, "-c", RUN, str(script), str(virtual)],
            input=given.encode(),
            capture_output=True,
            timeout=30,
        )
        assert done.stderr == b""
        return done.stdout.decode()

    return run


@pytest.mark.parametrize("virtual", [True, False])
def test_a_task_reads_lines_and_writes(run_with_input, virtual):
    source = """
import asyncio, sys
async def main():
    reader = asyncio.StreamReader(sys.stdin)
    print(await reader.readline(), await reader.readline())
    writer = asyncio.StreamWriter(sys.stdout, {})
    writer.write('written\\n')
    await writer.drain()
asyncio.run(main())
"""
    assert run_with_input(source, "one\ntwo\n", virtual) == "b'one\\n' b'two\\n'\nwritten\n"


@pytest.mark.parametrize("virtual", [True, False])
def test_a_poll_sees_what_has_not_been_read(run_with_input, virtual):
    source = """
import select, sys
poller = select.poll()
poller.register(sys.stdin, select.POLLIN)
text = ''
while poller.poll(5000):
    char = sys.stdin.read(1)
    if not char:
        break
    text += char
print(repr(text))
try:
    input('? ')
except EOFError:
    print('end')
"""
    assert run_with_input(source, "one\ntw\u00e4\n", virtual) == "'one\\ntw\u00e4\\n'\n? end\n"


def test_lines_by_input(run_with_input):
    assert run_with_input("print(input('a: ') + input())", "x\ny", False) == "a: xy\n"
