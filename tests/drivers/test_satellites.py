"""Satellites in view and in use: sets of several sentences, several systems and signals, and sets that are cut."""

import pytest

TIME = "GPZDA,120213,31,07,2022,,"


def sentence(body):
    both = 0
    for byte in body.encode():
        both ^= byte
    return f"${body}*{both:02X}\r\n".encode()


def after(drivers, *bodies):
    receiver = drivers.NMEA()
    for body in bodies:
        receiver.take(sentence(body))
    assert receiver.bad_fields == receiver.crc_fails == receiver.malformed == 0
    return receiver


@pytest.mark.rp2040(seeds=1)
def test_a_set_of_exactly_four_in_its_last_sentence_is_whole(drivers):
    """Defect 63: upstream takes none of the last four."""
    receiver = after(
        drivers,
        "GPGSV,2,1,08,01,11,101,31,02,12,102,32,03,13,103,33,04,14,104,34",
        "GPGSV,2,2,08,05,15,105,35,06,16,106,36,07,17,107,37,08,18,108,38",
    )
    assert receiver.satellites_in_view == 8
    assert receiver._satellites.data() == {n: (10 + n, 100 + n, 30 + n) for n in range(1, 9)}


def test_what_the_receiver_does_not_know_is_none_and_what_it_does_not_hear_0(drivers):
    receiver = after(drivers, "GPGSV,1,1,04,47,,,,05,05,328,,12,-3,010,,13,,020,40")
    assert receiver._satellites.data() == {
        47: (None, None, 0), 5: (5, 328, 0), 12: (-3, 10, 0), 13: (None, 20, 40),
    }  # fmt: skip


@pytest.mark.parametrize("tail", ["", ",,,,", ",,,,,,,,,,,,"])
def test_a_set_may_be_filled_up_with_empty_fields(drivers, tail):
    for signal in ("", ",7"):
        receiver = after(drivers, "GPGSV,1,1,01,36,19,156,51" + tail + signal)
        assert receiver._satellites.data() == {36: (19, 156, 51)}


def test_an_empty_set_is_one(drivers):
    receiver = after(drivers, "GPGSV,1,1,01,36,19,156,51", TIME, "GPGSV,1,1,00", TIME)
    assert receiver._satellites.data() == {} and receiver.satellites_in_view == 0
    assert receiver._satellites.rounds == 2


@pytest.mark.parametrize("order,incomplete", [((1, 3), 1), ((2, 3), 0), ((1, 1, 3), 2), ((1, 3, 2), 1), ((3, 2, 1), 0)])
def test_a_set_of_which_a_sentence_is_missing_does_not_count(drivers, order, incomplete):
    bodies = [f"GPGSV,3,{n},09,{n:02d},10,100,40" for n in order]
    receiver = after(drivers, "GPGSV,1,1,01,36,19,156,51", *bodies)
    assert receiver._satellites.data() == {36: (19, 156, 51)}
    assert receiver._satellites.incomplete == incomplete


def test_systems_are_told_apart_by_their_numbers(drivers):
    receiver = after(
        drivers,
        "GPGSV,1,1,01,05,10,100,40",
        "GLGSV,1,1,01,65,20,200,41",
        "GAGSV,1,1,01,05,30,300,42",
        "GBGSV,1,1,01,05,40,010,43",
        "GQGSV,1,1,01,02,50,020,44",
    )
    assert sorted(receiver._satellites.data()) == [5, 65, 194, 305, 405]
    assert receiver.satellites_in_view == 5


def test_of_several_signals_the_best_counts_and_each_satellite_once(drivers):
    receiver = after(
        drivers,
        "GPGSV,1,1,02,05,10,100,40,06,11,101,20,1",
        "GPGSV,1,1,02,05,10,100,30,06,11,101,30,6",
    )
    assert receiver._satellites.data() == {5: (10, 100, 40), 6: (11, 101, 30)}
    assert receiver.satellites_in_view == 2


def test_a_round_is_over_when_another_sentence_comes_or_all_were_renewed(drivers):
    receiver = after(drivers, "GPGSV,1,1,01,05,10,100,40", "GLGSV,1,1,01,65,20,200,41")
    assert receiver._satellites.rounds == 0
    receiver.take(sentence(TIME))
    assert receiver._satellites.rounds == 1
    receiver.take(sentence("GPGSV,1,1,01,05,10,100,40"))
    assert receiver._satellites.rounds == 1
    receiver.take(sentence("GLGSV,1,1,01,65,20,200,41"))
    assert receiver._satellites.rounds == 2
    receiver.take(sentence(TIME))
    assert receiver._satellites.rounds == 2


def test_a_system_that_falls_silent_is_out_of_view_after_the_round(drivers):
    receiver = after(drivers, "GPGSV,1,1,01,05,10,100,40", "GLGSV,1,1,01,65,20,200,41", TIME)
    for body in ("GPGSV,1,1,01,06,10,100,40", TIME):
        receiver.take(sentence(body))
    assert sorted(receiver._satellites.data()) == [6]
    assert receiver.satellites_in_view == 1


def test_the_satellites_of_the_fix_are_those_of_all_systems(drivers):
    bodies = (
        "GNGSA,A,3,29,20,,,,,,,,,,,0.99,0.54,0.83,1",
        "GNGSA,A,3,82,,,,,,,,,,,,0.99,0.54,0.83,2",
        "GNGSA,A,3,03,05,,,,,,,,,,,0.99,0.54,0.83,3",
        "GNGSA,A,3,32,,,,,,,,,,,,0.99,0.54,0.83,4",
    )
    receiver = after(drivers, *bodies)
    assert receiver.satellites_used == [29, 20, 82, 303, 305, 432]
    for body in (TIME, "GPGSA,A,3,07,11,,,,,,,,,,,2.0,1.1,1.7"):
        receiver.take(sentence(body))
    assert receiver.satellites_used == [7, 11]


def test_they_do_not_grow_without_end_when_nothing_else_comes(drivers):
    receiver = drivers.NMEA()
    for turn in range(500):
        first = 1 + 10 * (turn % 90)
        numbers = ",".join(str(n) for n in range(first, first + 10))
        receiver.take(sentence("GPGSA,A,3," + numbers + ",,,2.0,1.1,1.7"))
        assert len(receiver.satellites_used) <= 100
    assert receiver.parsed_sentences == 500
