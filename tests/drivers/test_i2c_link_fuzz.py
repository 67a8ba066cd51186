"""The fuzzer of tests/fuzz for the I2C link, on a few seeded inputs."""

import importlib.util
from pathlib import Path

import pytest

FUZZER = Path(__file__).parents[1] / "fuzz" / "i2c_link.py"

pytestmark = [pytest.mark.timeout(60)]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_whatever_the_other_end_does_it_is_up_again(seed):
    spec = importlib.util.spec_from_file_location("fuzz_i2c_link", FUZZER)
    fuzzer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(fuzzer)
    assert fuzzer.run_random(40, seed) == 40
