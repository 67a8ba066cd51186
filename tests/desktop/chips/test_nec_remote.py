"""A NEC remote control: the times of its codes, against a decoder of our own and against the data sheet's figures."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twincore.desktop.board import Board
from twincore.desktop.chips import NECRemote
from twincore.desktop.chips.nec_remote import frame

pytestmark = pytest.mark.cpython


def lengths(seen):
    """(level, us) of each level between two edges."""
    return [(level, later - when) for (when, level), (later, _) in pairwise(seen)]


def decode(seen):
    """The four bytes of the code that these edges make, or None."""
    times = lengths(seen)
    if len(times) != 67 or not 8000 < times[0][1] < 10_000 or not 3900 < times[1][1] < 5100:
        return None
    spaces = [us for level, us in times[2:] if level == 1]
    number = sum((us > 1125) << bit for bit, us in enumerate(spaces))
    return list(number.to_bytes(4, "little"))


def test_a_code_has_the_times_of_the_data_sheet(board, until, edges):
    remote = NECRemote(board, 2)
    seen = edges(2)
    over = remote.send(0x59, 0x16)
    until(over)
    assert over == 9000 + 4500 + 54_000 + 562  # the bits always take 54 ms: each goes with its complement
    times = lengths(seen)
    assert times[:2] == [(0, 9000), (1, 4500)]
    assert all(us in (562, 563) for level, us in times[2:] if level == 0)
    assert {us for level, us in times[2:] if level == 1} <= {562, 563, 1687, 1688}
    assert decode(seen) == [0x59, 0xA6, 0x16, 0xE9]
    assert board.line(2).level() == 1


@given(st.integers(0, 0xFFFF), st.integers(0, 0xFF), st.integers(0, 280), st.integers())
def test_every_code_can_be_read_whatever_the_jitter(address, data, jitter, seed):
    seen = []
    with Board(virtual=True) as board, board.core("test"):
        remote = NECRemote(board, 2, jitter_us=jitter, seed=seed)
        board.line(2).watch(lambda level, when: seen.append((when, level)))
        board.time.sleep(remote.send(address, data) + 1)
    high = address >> 8 if address > 0xFF else ~address & 0xFF
    assert decode(seen) == [address & 0xFF, high, data, ~data & 0xFF]


def test_a_small_address_may_be_extended_too():
    assert frame(0x0059, 0x16, extended=True) != frame(0x59, 0x16)
    assert frame(0xA659, 0x16) == frame(0x59, 0x16)


def test_repeats_come_108_ms_apart(board, until, edges):
    remote = NECRemote(board, 2)
    seen = edges(2)
    remote.send(1, 2)
    until(remote.repeat(2))
    assert [when for when, _ in seen[68::4]] == [108_000, 216_000]
    assert lengths(seen)[68:71] == [(0, 9000), (1, 2250), (0, 562)]
    assert len(seen) == 68 + 8


def test_a_held_key_repeats_as_long_as_it_is_held(board, until, edges):
    remote = NECRemote(board, 2)
    seen = edges(2)
    until(remote.hold(1, 2, ms=500))
    assert len(seen) == 68 + 4 * 4 and remote.sent == 5


def test_two_codes_do_not_overlap(board, until, edges):
    remote = NECRemote(board, 2)
    seen = edges(2)
    first = remote.send(1, 2)
    until(remote.send(3, 4))
    assert decode(seen[:68]) == [1, 254, 2, 253]
    assert decode(seen[68:]) == [3, 252, 4, 251]
    assert seen[68][0] == first + 40_000


def test_a_truncated_code_ends_after_so_many_marks(board, until, edges):
    remote = NECRemote(board, 2)
    seen = edges(2)
    until(remote.send(1, 2, marks=5))
    assert len(seen) == 10 and seen[-1][1] == 1 and decode(seen) is None


def test_noise_is_short_marks_and_leaves_the_output_high(board, until, edges):
    remote = NECRemote(board, 2, jitter_us=280, seed=4)
    seen = edges(2)
    until(remote.noise(20, longest_us=300))
    assert len(seen) == 40 and seen[-1][1] == 1
    assert all(1 <= us <= 300 for level, us in lengths(seen) if level == 0)


def test_a_code_that_is_stopped_leaves_the_output_high(board, until, edges):
    remote = NECRemote(board, 2)
    remote.send(1, 2)
    until(4000)
    assert board.line(2).level() == 0
    remote.stop()
    assert board.line(2).level() == 1
    seen = edges(2)
    until(200_000)
    assert seen == []


def test_what_does_not_fit_is_refused(board):
    with pytest.raises(ValueError, match="jitter_us is 0 to 281"):
        NECRemote(board, 2, jitter_us=300)
    remote = NECRemote(board, 2)
    for wrong in ((-1, 0), (0x10000, 0), (0, 256), (0, -1)):
        with pytest.raises(ValueError):
            remote.send(*wrong)
    with pytest.raises(ValueError, match="0x1234 needs the extended format"):
        remote.send(0x1234, 0, extended=False)
    with pytest.raises(ValueError, match="34 marks"):
        remote.send(0, 0, marks=35)
