from twincore.desktop.targets import cpython


def test_an_application_is_main_with_its_arguments_and_the_library(app):
    script = app("import sys, twincore.core\nprint(__name__, sys.argv[1:], twincore.core.__name__)\n")
    result = cpython.run(script, args=["a", "-b"])
    assert (result.exit_code, result.stdout) == (0, "__main__ ['a', '-b'] twincore.core\n")
