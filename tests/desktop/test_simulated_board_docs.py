"""docs/simulated-board.md: each application in it, with the board.toml before it, prints what stands after it."""

import re
import shlex
from pathlib import Path

import pytest

from twincore.desktop.board import Board
from twincore.desktop.wiring import Wiring

pytestmark = [pytest.mark.cpython, pytest.mark.timeout(60)]
TEXT = (Path(__file__).parents[2] / "docs" / "simulated-board.md").read_text()
FENCED = re.compile(r"^```.*?^```$", re.M | re.S)
HIDDEN = FENCED.sub(lambda block: block[0].replace("\n#", "\n\\#"), TEXT)  # a comment there is no heading
SECTIONS = dict(re.findall(r"^#+ ([^\n]+)\n(.*?)(?=^#|\Z)", HIDDEN, re.M | re.S))
APPLICATIONS = [title for title, text in SECTIONS.items() if "```py\n" in text]
WIRINGS = [title for title, text in SECTIONS.items() if "```toml\n" in text]


def block(section, language):
    found = re.search(rf"^```{language}\n(.*?)^```$", SECTIONS[section], re.M | re.S)
    return found and found[1].replace("\n\\#", "\n#")


@pytest.mark.parametrize("section", APPLICATIONS)
def test_an_application_prints_what_the_text_says(section, app, twincore):
    command = re.search(r"^    twincore (run app\.py.*)$", SECTIONS[section], re.M)[1]
    if block(section, "toml"):
        app(block(section, "toml"), "board.toml")
    app(block(section, "py"))
    result = twincore(*shlex.split(command))
    assert (result.stdout, result.stderr, result.returncode) == (block(section, "text"), "", 0)


@pytest.mark.parametrize("section", WIRINGS)
def test_a_wiring_fits_a_board(section, app):
    wiring = Wiring.load(app(block(section, "toml"), "board.toml"))
    with Board(wiring.kind or "pico", virtual=True) as board, board.core("test", main=True):
        wiring.apply(board)


def test_there_is_something_to_test():
    assert len(APPLICATIONS) >= 5 and len(WIRINGS) >= 5
