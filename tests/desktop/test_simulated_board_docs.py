"""docs/simulated-board.md, docs/drivers.md: each application, with its board.toml, prints what stands after it."""

import re
import shlex
from pathlib import Path

import pytest

from twincore.desktop.board import Board
from twincore.desktop.wiring import BadSetting, Wiring

pytestmark = [pytest.mark.cpython, pytest.mark.timeout(60)]
DOCS = Path(__file__).parents[2] / "docs"
FENCED = re.compile(r"^```.*?^```$", re.M | re.S)


def sections(page):
    """Title -> text, of one page."""
    text = FENCED.sub(lambda block: block[0].replace("\n#", "\n\\#"), (DOCS / page).read_text())  # no heading there
    return dict(re.findall(r"^#+ ([^\n]+)\n(.*?)(?=^#|\Z)", text, re.M | re.S))


SECTIONS = {**sections("simulated-board.md"), **sections("drivers.md")}
ELSEWHERE = {"From board to board over I2C"}  # takes two boards: tests/drivers/test_i2c_link_boards.py
APPLICATIONS = [title for title, text in SECTIONS.items() if "```py\n" in text and title not in ELSEWHERE]
REAL = "GPIO lines and I2C devices of this machine"
WIRINGS = [title for title, text in SECTIONS.items() if "```toml\n" in text and title != REAL]


def block(section, language):
    found = re.search(rf"^```{language}\n(.*?)^```$", SECTIONS[section], re.M | re.S)
    return found and found[1].replace("\n\\#", "\n#")


@pytest.mark.parametrize("section", APPLICATIONS)
def test_an_application_prints_what_the_text_says(section, app, twincore, target_is_here):
    command = re.search(r"^    twincore (run app\.py.*)$", SECTIONS[section], re.M)[1]
    if "--on rp2040" in command:
        target_is_here("rp2040")
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


@pytest.mark.parametrize("table", ["gpio", "i2c"])
def test_a_wiring_to_real_lines_is_understood_as_far_as_that_goes_without_them(app, table):
    wiring = Wiring.load(app(block(REAL, "toml"), "board.toml"))
    wiring.tables = {table: wiring.tables[table]}
    with Board(virtual=True) as board, pytest.raises(BadSetting, match=rf"{table}\..*lives in real time"):
        wiring.apply(board)


def test_there_is_something_to_test():
    assert len(APPLICATIONS) >= 5 and len(WIRINGS) >= 5
