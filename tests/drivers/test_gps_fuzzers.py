"""The fuzzers of tests/fuzz for what satellite receivers say, on seeded inputs."""

import importlib.util
from pathlib import Path

import pytest

pytestmark = pytest.mark.timeout(60)

FUZZERS = Path(__file__).parents[1] / "fuzz"


@pytest.mark.parametrize("name", ["nmea", "pmtk"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_nothing_that_comes_in_a_line_raises_or_makes_a_value_that_can_not_be(name, seed):
    spec = importlib.util.spec_from_file_location("fuzz_" + name, FUZZERS / f"{name}.py")
    fuzzer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(fuzzer)
    assert fuzzer.run_random(5000, seed) == 5000
