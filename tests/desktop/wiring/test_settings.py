"""A table read key by key: each kind of value, and what is said of a wrong one."""

import pytest

from twincore.desktop.wiring.settings import BadSetting, Settings

pytestmark = [pytest.mark.cpython, pytest.mark.timeout(60)]


@pytest.fixture
def settings(tmp_path):
    """A function that makes a table with these keys, at `chip.knob` of board.toml."""
    return lambda **values: Settings("board.toml", "chip.knob", values, tmp_path)


def test_a_table_whose_keys_were_all_taken_is_finished(settings):
    table = settings(a="text", b=3, c=0.5, d=True, e=[1, 2])
    taken = (table.text("a"), table.whole("b"), table.number("c", low=0, high=1), table.flag("d"), table.items("e"))
    assert taken == ("text", 3, 0.5, True, [1, 2])
    table.finish()


def test_what_is_not_there_has_its_default(settings):
    table = settings()
    assert (table.text("a", None), table.whole("b", 7), table.items("c"), table.path("d", None)) == (None, 7, [], None)
    table.finish()


@pytest.mark.parametrize(
    ("values", "read", "message"),
    [
        ({}, lambda t: t.text("pin"), "chip.knob: pin is missing"),
        ({"pni": 3}, lambda t: t.text("pin"), "chip.knob: pin is missing: did you mean it by pni?"),
        ({"pin": 3}, lambda t: t.text("pin"), "chip.knob.pin: it is a text in quotes, not 3"),
        ({"pin": "3"}, lambda t: t.whole("pin"), "chip.knob.pin: it is a number, not '3'"),
        ({"pin": True}, lambda t: t.whole("pin"), "chip.knob.pin: it is a number, not True"),
        ({"pin": 0.5}, lambda t: t.whole("pin"), "chip.knob.pin: it is a whole number, not 0.5"),
        ({"pin": 0}, lambda t: t.whole("pin", low=1), "chip.knob.pin: it is 1 or more, not 0"),
        ({"pin": 3}, lambda t: t.number("pin", high=2), "chip.knob.pin: it is 2 or less, not 3"),
        ({"pin": 3}, lambda t: t.number("pin", low=0, high=1), "chip.knob.pin: it is 0 to 1, not 3"),
        ({"pin": 1}, lambda t: t.flag("pin"), "chip.knob.pin: it is true or false, not 1"),
        ({"pin": 1}, lambda t: t.items("pin"), "chip.knob.pin: it is a list in [ ], not 1"),
        ({"pin": 1}, lambda t: t.table("pin"), "chip.knob.pin: it is a table, not 1"),
        ({"pin": {"a": 1}}, lambda t: list(t.tables("pin")), "chip.knob.pin.a: it is a table, not 1"),
        (
            {"pin": "dwon"},
            lambda t: t.choice("pin", ("up", "down")),
            "chip.knob.pin: no 'dwon': did you mean down? there is up, down",
        ),
    ],
)
def test_a_wrong_value_is_told_with_its_file_and_key(settings, values, read, message):
    with pytest.raises(BadSetting) as raised:
        read(settings(**values))
    assert str(raised.value) == f"board.toml: {message}"


def test_a_key_that_is_not_known_is_told_with_those_that_are(settings):
    table = settings(pin=3, stesp=4)
    table.whole("pin")
    table.whole("steps", 1)
    with pytest.raises(BadSetting) as raised:
        table.finish()
    assert str(raised.value) == "board.toml: chip.knob: no 'stesp': did you mean steps? there is pin, steps"


def test_a_file_is_found_beside_and_the_nearest_is_named(settings, tmp_path):
    (tmp_path / "walk.nmea").write_text("")
    assert settings(log="walk.nmea").path("log") == tmp_path / "walk.nmea"
    with pytest.raises(BadSetting, match=r"chip.knob.log: there is no file wakl.nmea: did you mean walk.nmea\?"):
        settings(log="wakl.nmea").path("log")
    with pytest.raises(BadSetting, match=f"chip.knob.log: there is no file other in {tmp_path}"):
        settings(log="other").path("log")
