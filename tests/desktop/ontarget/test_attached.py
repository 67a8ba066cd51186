"""Tests on a board at a port, which `twincore serve` plays here."""

import pytest

pytestmark = [pytest.mark.cpython, pytest.mark.timeout(120)]


@pytest.fixture
def port(started, target_is_here):
    target_is_here("rp2040")
    server = started("serve", "--port", "0")
    line = server.stdout.readline().decode()
    return line.split()[-1]


def test_a_boards_tests_run_one_file_after_another(port, twincore, file):
    file(
        """
        import sys
        import helper
        from twincore import core

        TARGET_FILES = ["data.txt"]

        async def test_passes():
            print("on", sys.platform)
            await core.sleep_ms(5)
            assert helper.value == 7
            with open("data.txt") as data:
                assert data.read() == "some data"

        def test_fails():
            assert sys.platform == "none"
        """
    )
    file("value = 7\n", "helper.py")
    file("some data", "data.txt")
    file("print('a script')\n", "test_script.py")
    result = twincore("test", "-v", "--on", port, ".", timeout=110)
    assert (result.returncode, result.stderr) == (1, "")
    label = port.replace("://", "-")
    assert f"test_it.py::test_passes on {label}  passed" in result.stdout
    assert "    on rp2\n" in result.stdout
    assert '  File "test_it.py", line 16, in test_fails\n    assert sys.platform == "none"\n' in result.stdout
    assert "AssertionError: assert 'rp2' == 'none'\n" in result.stdout
    assert f"again: twincore test --on {port} test_it.py::test_fails\n" in result.stdout
    assert f"test_script.py::script on {label}  passed\n    a script\n" in result.stdout


def test_where_nobody_listens_each_test_says_so(twincore, file):
    file("def test(): pass\n")
    result = twincore("test", "--on", "socket://127.0.0.1:1", "test_it.py")
    assert result.returncode == 1
    assert "\nnothing listens at socket://127.0.0.1:1: is `twincore serve` running?\n" in result.stdout
