"""Every layer where it is to work: twincore's own on-target tests on the emulated board, with ten seeds."""

import re

import pytest

from twincore.desktop.ontarget.collecting import collect
from twincore.desktop.ontarget.run_tests import OF_THE_LIBRARY

pytestmark = [pytest.mark.cpython, pytest.mark.timeout(300)]
LAYERS = ("core", "threadsafe", "primitives", "drivers", "offload")
SEEDS = 10


@pytest.mark.parametrize("layer", LAYERS)
def test_the_tests_of_a_layer_pass_with_every_seed(layer, twincore, target_is_here):
    target_is_here("rp2040")
    file = OF_THE_LIBRARY / f"test_{layer}.py"
    result = twincore("test", "--on", "rp2040", "--seeds", SEEDS, file, timeout=290)
    assert (result.returncode, result.stderr) == (0, ""), result.stdout
    passed = re.findall(r"^│ rp2040-seed(\d+) +│ +(\d+) │ +0 │ +0 │", result.stdout, re.M)
    assert passed == [(str(seed), str(len(collect(file).cases))) for seed in range(1, SEEDS + 1)]


def test_every_layer_has_its_file():
    assert {file.stem for file in OF_THE_LIBRARY.glob("test_*.py")} == {f"test_{layer}" for layer in LAYERS}
