import pytest

from twincore.desktop import targets
from twincore.desktop.targets import unix_port


@pytest.fixture(autouse=True)
def here(target_is_here):
    target_is_here("micropython")


def test_an_application_is_main_with_its_arguments_and_the_library(app):
    app("value = 7\n", "beside.py")
    script = app(
        "import sys, beside, twincore.core\n"
        "print(__name__, sys.implementation.name, sys.argv, __file__, beside.value, twincore.core.__name__)\n"
    )
    result = unix_port.run(script, args=["a", "-b"])
    assert result.stderr == ""
    assert result.stdout == f"__main__ micropython ['{script}', 'a', '-b'] {script} 7 twincore.core\n"


def test_an_extra_folder_comes_before_the_library_on_the_path(app):
    extra = app("value = 8\n", "extra/more.py").parent
    assert unix_port.run(app("import more; print(more.value)\n"), path_extra=[extra]).stdout == "8\n"


def test_a_traceback_starts_in_the_application(app):
    result = unix_port.run(app("def f():\n    1 / 0\nf()\n"))
    assert result.exit_code == 1
    first, second = result.stderr.splitlines()[:2]
    assert first == "Traceback (most recent call last):"
    assert second.endswith('app.py", line 3, in <module>')


def test_a_program_that_does_not_end_is_stopped(app):
    result = unix_port.run(app("while True: pass\n"), timeout=1)
    assert (result.exit_code, result.timed_out) == (124, True)


def test_without_the_target_nothing_is_run(no_targets, app):
    with pytest.raises(targets.TargetMissing, match="twincore fetch micropython"):
        unix_port.run(app(""))
