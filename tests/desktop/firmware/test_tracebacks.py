"""An application's traceback: its own frames, with their source lines, and what led to the error."""

import pytest

from twincore.desktop.firmware import tracebacks


@pytest.fixture
def caught(tmp_path):
    """A function that runs an application with a function of the simulator's in its reach; gives its error as text."""

    def run(source, device=None):
        file = tmp_path / "app.py"
        file.write_text(source)
        space = {"device": device}
        try:
            exec(compile(source, str(file), "exec"), space)
        except BaseException as error:
            text = tracebacks.format_exception(error, lambda frame: frame.f_globals is space)
            return text.replace(str(tmp_path) + "/", "")
        return None

    return run


def broken_device():
    raise OSError(5, "EIO")


def test_an_error_in_a_device_ends_at_the_line_that_called_it(caught):
    text = caught("def read():\n    return device()\n\nread()\n", broken_device)
    lines = [line for line in text.splitlines() if set(line.strip()) - set("^~")]
    assert lines == [
        "Traceback (most recent call last):",
        '  File "app.py", line 4, in <module>',
        "    read()",
        '  File "app.py", line 2, in read',
        "    return device()",
        "OSError: [Errno 5] EIO",
    ]


def test_a_cause_and_a_context_are_shown_with_their_own_frames_only(caught):
    text = caught("try:\n    device()\nexcept OSError as e:\n    raise ValueError('v') from e\n", broken_device)
    assert text.index("OSError") < text.index("direct cause") < text.index("ValueError: v")
    assert "broken_device" not in text
    text = caught("try:\n    device()\nexcept OSError as e:\n    1 / 0\n", broken_device)
    assert text.index("OSError") < text.index("During handling") < text.index("ZeroDivisionError")


def test_from_none_hides_what_led_to_it(caught):
    text = caught("try:\n    device()\nexcept OSError:\n    raise KeyError(1) from None\n", broken_device)
    assert "OSError" not in text


def test_an_error_that_no_frame_of_the_application_has_is_shown_in_full():
    try:
        broken_device()
    except OSError as error:
        text = tracebacks.format_exception(error, lambda frame: False)
    assert "in broken_device" in text


def test_a_syntax_error_shows_its_line(caught):
    text = caught("exec(compile('x = 1\\ny = = 2', 'mine.py', 'exec'))\n")
    assert 'File "mine.py", line 2' in text
    assert "y = = 2" in text


def test_a_syntax_error_that_no_frame_of_the_application_has_is_its_line_alone():
    try:
        compile("y = = 2", "main.py", "exec")
    except SyntaxError as error:
        text = tracebacks.format_exception(error, lambda frame: False)
    assert text.splitlines()[0] == '  File "main.py", line 1'


def test_the_exception_keeps_its_own_traceback():
    try:
        broken_device()
    except OSError as error:
        before = error.__traceback__
        tracebacks.format_exception(error, lambda frame: frame.f_code.co_name == "broken_device")
        assert error.__traceback__ is before
