"""Armed cells: looked at in order of arming, in a list that is never made anew."""

import pytest

from support import submodule

pytestmark = pytest.mark.rp2040(seeds=1)


def some(core, count, log, then=None):
    """So many cells, and a list that they are armed in."""

    class Noted(submodule(core, "cell").Cell):
        def __init__(self, n):
            self.rung = False
            self.n = n

        def answer(self):
            log.append(self.n)
            if then is not None:
                then(self)

    armed = submodule(core, "armed").Armed()
    cells = [Noted(n) for n in range(count)]
    for cell in cells:
        armed.arm(cell)
    return armed, cells


def ring(cells, *which):
    for n in which:
        cells[n].rung = True


def test_what_was_rung_is_answered_once_in_order_of_arming(core):
    log = []
    armed, cells = some(core, 5, log)
    ring(cells, 3, 0)
    armed.answer()
    assert log == [0, 3]
    armed.arm(cells[0])
    ring(cells, 0, 1, 2, 3, 4)
    armed.answer()
    assert log == [0, 3, 1, 2, 4, 0]
    armed.answer()
    assert len(log) == 6


def test_a_disarmed_cell_is_not_answered_and_the_others_keep_their_order(core):
    log = []
    armed, cells = some(core, 5, log)
    for n in (1, 4, 1, 4):
        armed.disarm(cells[n])
    armed.arm(cells[1])
    ring(cells, 0, 1, 2, 3, 4)
    armed.answer()
    assert log == [0, 2, 3, 1]


def test_an_answer_may_arm_and_disarm_any(core):
    log = []

    def then(cell):
        if not log[1:]:  # one that was looked at already, one that comes, the last, and itself
            for n in (0, 2, 4, 1):
                armed.disarm(cells[n])
            armed.arm(cells[1])
            armed.arm(cells[0])
            for more in extra:
                armed.arm(more)

    armed, cells = some(core, 5, log, then)
    extra = some(core, 7, log)[1]
    ring(cells, 1, 2, 3, 4)
    ring(extra, 0)
    armed.answer()
    assert log == [1, 3]
    armed.answer()  # what was armed in the meantime
    assert log == [1, 3, 0]
    cells[2].rung = cells[4].rung = False
    ring(cells, 0, 1, 2, 4)
    ring(extra, 6)
    armed.answer()
    assert log[3:] == [1, 0, 6]


def test_one_that_rings_for_itself_has_its_next_turn_at_the_next_answer(core):
    log = []

    def then(cell):
        armed.arm(cell)
        cell.rung = True

    armed, cells = some(core, 2, log, then)
    ring(cells, 0, 1)
    for n in (1, 2, 3):
        armed.answer()
        assert log == n * [0, 1]


def test_an_answer_that_fails_leaves_the_others_armed(core):
    log = []

    def then(cell):
        if cell.n == 1:
            raise KeyboardInterrupt

    armed, cells = some(core, 4, log, then)
    ring(cells, 1, 3)
    with pytest.raises(KeyboardInterrupt):
        armed.answer()
    armed.answer()
    ring(cells, 0, 2)
    armed.answer()
    assert log == [1, 3, 0, 2]


@pytest.mark.parametrize("last", [True, False])
def test_waits_that_come_and_go_without_a_ring_take_no_more_room(core, last):
    log = []
    armed, cells = some(core, 4, log)
    for n in range(50):
        cell = cells[3 if last else n % 3]
        armed.disarm(cell)
        armed.arm(cell)
    assert len(armed._cells) <= 8
    ring(cells, 0, 1, 2, 3)
    armed.answer()
    assert sorted(log) == [0, 1, 2, 3]
