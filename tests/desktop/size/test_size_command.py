import pytest


def test_the_layers_are_shown(twincore, target_is_here):
    target_is_here("rp2040")
    result = twincore("size", env={"COLUMNS": "120"})
    assert (result.returncode, result.stderr) == (0, "")
    for layer in ("core", "threadsafe", "primitives", "drivers", "offload"):
        assert f" {layer} " in result.stdout


def test_an_application_is_shown_and_one_that_fails_gives_1(twincore, app, target_is_here):
    target_is_here("rp2040")
    app("from twincore import core\n")
    result = twincore("size", "app.py", env={"COLUMNS": "120"})
    assert (result.returncode, result.stderr) == (0, "")
    assert "least heap free while it ran" in result.stdout
    app("import nothing_there\n")
    result = twincore("size", "app.py")
    assert result.returncode == 1
    assert result.stderr.startswith("twincore: app.py ended with exit code 1: ImportError")


@pytest.mark.parametrize(
    "arguments, wrong",
    [
        (["app.py", "--modules", "core"], "give one of them"),
        (["--until", "3"], "--until is for an application"),
        (["nowhere.py"], "there is no file nowhere.py"),
        (["--modules", "desktop"], "'desktop' is not one of"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_line(twincore, arguments, wrong):
    result = twincore("size", *arguments)
    assert (result.returncode, result.stdout) == (2, "")
    assert wrong in result.stderr and result.stderr.count("\n") == 1
