"""The fuzzers of tests/fuzz for what drivers read, on a few seeded inputs."""

import importlib.util
from pathlib import Path

import pytest

FUZZERS = Path(__file__).parents[1] / "fuzz"


@pytest.mark.parametrize("name, count", [("cron", 1000), ("syncom", 400), ("channel", 400)])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_any_input_is_read_or_refused(name, count, seed):
    spec = importlib.util.spec_from_file_location("fuzz_" + name, FUZZERS / f"{name}.py")
    fuzzer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(fuzzer)
    assert fuzzer.run_random(count, seed) == count
