"""The simulated `re`: a `$` is the end of the text, and no other. Beside MicroPython: test_against_micropython.py."""

import pytest

pytestmark = pytest.mark.cpython

LAST = r"""
import re
for pattern, texts in (
    ("b$", ("ab", "ab\n", "b$")),
    (r"b\$", ("b$", "b")),
    ("[$]", ("$", "b")),
    ("[]$]x", ("$x", "]x", "x")),
    ("^(on|off)$", ("on", "off\n")),
    (b"b$", (b"b", b"b\n")),
):
    found = re.compile(pattern)
    print([found.search(text) is not None for text in texts], [bool(re.search(pattern, text)) for text in texts])
print(re.sub("b$", "x", "ab"), re.match("ab$", "ab\n"), re.search(re.compile("b$"), "b").group(0))
"""


def test_a_dollar_is_the_end_and_not_before_a_last_newline(run):
    told = [[True, False, False], [True, False], [True, False], [True, True, False], [True, False], [True, False]]
    assert run(LAST).lines == [f"{each} {each}" for each in told] + ["ax None b"]
