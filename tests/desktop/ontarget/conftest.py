"""Test files in empty folders, for what collects and runs them."""

import textwrap

import pytest


@pytest.fixture
def file(tmp_path):
    """A function that writes a test file into an empty folder and returns its path."""

    def write(text, name="test_it.py"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))
        return path

    return write
