"""python -m benchmarks.simulated: no edge is lost, whatever the rate."""

import pytest

pytest.importorskip("click")
pytest.importorskip("rich")

from benchmarks import simulated


@pytest.mark.parametrize("checked, hard", [(False, False), (False, True), (True, True)])
def test_every_edge_is_counted(monkeypatch, checked, hard):
    monkeypatch.setattr(simulated, "EDGES", 500)
    assert simulated.edges(checked, hard) > 0


def test_start_up_is_measured():
    assert 0 < simulated.start_up() < 60
