"""What tests a file has is read from it, as pytest would find them; what a target cannot do is said, with its line."""

import pytest

from twincore.desktop.ontarget.collecting import collect

pytestmark = pytest.mark.cpython


@pytest.fixture
def cases(file):
    def found(text):
        return collect(file(text)).cases

    return found


def test_functions_and_methods_are_tests_and_the_file_is_not_executed(cases):
    found = cases(
        """
        import machine, nowhere_to_be_found
        1 / 0

        def helper(): pass
        def test_a(): pass
        async def test_b(): pass
        if machine.unique_id():
            def test_c(): pass
        class TestPump:
            def test_d(self): pass
            def helper(self): pass
        class Other:
            def test_e(self): pass
        """
    )
    assert [(case.id, case.line, case.is_async, case.problem) for case in found] == [
        ("test_a", 6, False, ""),
        ("test_b", 7, True, ""),
        ("test_c", 9, False, ""),
        ("TestPump::test_d", 11, False, ""),
    ]


def test_a_file_without_functions_is_one_script(file):
    found = collect(file("print(1)\nassert True\n"))
    assert found.is_script and [case.id for case in found.cases] == ["script"]


def test_parametrize_gives_each_set_of_literals_a_case_with_pytests_ids(cases, pytester, file):
    text = """
        import pytest

        NUMBERS = [1, 2]

        @pytest.mark.parametrize("x", NUMBERS)
        @pytest.mark.parametrize("y, z", [("a", None), ("b", 2.5), pytest.param("c", [3], id="third")])
        def test(x, y, z): pass

        @pytest.mark.parametrize("n", range(3), ids=["zero", "one", "two"])
        def test_ids(n): pass

        @pytest.mark.parametrize("data", [{"k": 1}, (1, 2), b"raw"])
        def test_values(data): pass

        @pytest.mark.parametrize("same", ["a", "a", "b"])
        def test_same(same): pass
        """
    ours = [case.id for case in cases(text)]
    pytester.makepyfile(test_it=text)
    listed = pytester.runpytest_inprocess("--collect-only", "-q", "-p", "no:hypothesispytest").stdout.str()
    theirs = [line.partition("::")[2] for line in listed.splitlines() if "::" in line]
    assert theirs == ours
    arguments = [dict(case.arguments) for case in cases(text)]
    assert arguments[0] == {"y": "a", "z": None, "x": 1} and {"data": {"k": 1}} in arguments


def test_marks_are_kept_and_a_timeout_is_read(cases):
    (found,) = cases(
        """
        import pytest
        @pytest.mark.slow
        @pytest.mark.timeout(2.5)
        @pytest.mark.skipif(True, reason="evaluated on the target")
        def test(): pass
        """
    )
    assert (found.marks, found.timeout) == (("slow",), 2.5)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("def test(tmp_path): pass", "line 1: nothing gives test its argument 'tmp_path': there are no fixtures"),
        ("import pytest\n@pytest.fixture\ndef x(): pass\ndef test(): pass", "line 2: there are no fixtures"),
        ("import pytest\ndef test():\n    pytest.approx(1)", "line 3: no pytest.approx on a target, which has fail"),
        ("from pytest import approx\ndef test(): pass", "line 1: no pytest.approx"),
        ("class TestX:\n    def __init__(self): pass\n    def test(self): pass", "line 1: TestX has an __init__"),
        ("class TestX:\n    def setup_class(cls): pass\n    def test(self): pass", "line 2: no setup_class"),
        ("import pytest\n@pytest.mark.parametrize('x', make())\ndef test(x): pass", "make() has to be a literal"),
        ("import pytest\n@pytest.mark.parametrize('y', [1])\ndef test(): pass", "parametrized with 'y', and has no"),
        ("import pytest\n@pytest.mark.parametrize('x, y', [1])\ndef test(x, y): pass", "1 is not 2 values, for x, y"),
        ("import pytest\n@pytest.mark.parametrize('x', [1], indirect=True)\ndef test(x): pass", "no indirect"),
        ("import pytest\n@pytest.mark.timeout\ndef test(): pass", "timeout: it takes a number of seconds"),
        ("def test(:\n", "line 1: "),
        ("def test():\n    'a\0b'", "null bytes"),
    ],
)
def test_what_a_target_cannot_do_is_a_problem_of_the_test(cases, text, problem):
    assert problem in cases(text)[0].problem


def test_arguments_with_defaults_need_nobody(cases):
    (found,) = cases("def test(a=1, *, b=2): pass")
    assert not found.problem


def test_files_that_a_test_opens_are_named_in_it(file):
    assert collect(file("TARGET_FILES = ['a.txt', 'b/c.bin']\ndef test(): pass")).data_files == ("a.txt", "b/c.bin")
