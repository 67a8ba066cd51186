"""What the tests of an application's world share."""

import contextlib

import pytest

from twincore.desktop.board import Board
from twincore.desktop.firmware.world import World


class Ran:
    """What an application did: `code`, its exit code; `text`, what it printed; `lines` of that."""

    def __init__(self, code, text):
        self.code = code
        self.text = text
        self.lines = text.splitlines()


@pytest.fixture
def new_world(tmp_path):
    """A function that makes a world on a board of its own: new_world(kind="pico", virtual=True, ...) -> World.

    `world.printed` is what the application has printed so far, in pieces. The boards are closed in the end.
    """
    with contextlib.ExitStack() as stack:

        def make(kind="pico", *, virtual=True, allow=(), argv=(), root=None, name="board"):
            printed = []
            board = Board(kind, name=name, virtual=virtual, root=root or tmp_path, output=printed.append)
            stack.callback(board.close)
            world = World(board, [tmp_path], argv, allow=allow)
            world.printed = printed
            return world

        yield make


@pytest.fixture
def run(new_world, tmp_path):
    """A function that runs an application's source to its end, on a board of virtual time: run(text) -> Ran."""

    def run(text, **options):
        script = tmp_path / "main.py"
        script.write_text(text)
        world = new_world(**options)
        code = world.run(script)
        return Ran(code, "".join(world.printed))

    return run
