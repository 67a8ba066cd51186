"""docs/contracts.md is what the docstrings say, and nothing that crosses contexts is without a contract."""

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
NO_CONTRACT = {"Lagged", "LoopClosed", "LoopStopped", "QueueClosed", "QueueEmpty", "QueueFull"}  # errors


@pytest.fixture(scope="module")
def contracts():
    spec = importlib.util.spec_from_file_location("contracts", ROOT / ".ci" / "contracts.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_what_the_docstrings_say(contracts):
    assert contracts.PAGE.read_text() == contracts.page(), "run .ci/contracts.py"


def test_every_class_of_threadsafe_has_a_table_and_every_method_of_it_a_row(contracts):
    from twincore import threadsafe

    missing = []
    for name in contracts.public(threadsafe) - NO_CONTRACT:
        found = getattr(threadsafe, name)
        if not isinstance(found, type):
            continue
        text = contracts.contract(found)
        if text is None:
            missing.append(name)
            continue
        for method in vars(found):
            if not method.startswith("_") and method not in contracts.INTERNAL and f"{method}" not in text:
                missing.append(f"{name}.{method}")
    assert not missing
