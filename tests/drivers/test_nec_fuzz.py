"""The fuzzer of tests/fuzz/nec.py, on a few seeded inputs."""

import importlib.util
from pathlib import Path

import pytest

pytestmark = pytest.mark.cpython
FUZZER = Path(__file__).parents[1] / "fuzz" / "nec.py"


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_nothing_that_comes_makes_the_decoder_raise(seed):
    spec = importlib.util.spec_from_file_location("fuzz_nec", FUZZER)
    fuzzer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(fuzzer)
    assert fuzzer.run_random(3000, seed) == 3000
