"""An emulated board that is taken through steps: programs, Ctrl-C at a given moment, soft resets. See steps.mjs."""

import json
import os
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest

from twincore.desktop.emulation import emulator

STEPS = Path(__file__).parent / "steps.mjs"


@pytest.fixture
def take(target_is_here, tmp_path):
    """A function: take(seed, {"run": code}, {"soft_reset": True}, ...) gives what each step did.

    One that hangs fails the test.
    """
    target_is_here("rp2040")

    def go(seed, *steps, jitter=40):
        script, given = tmp_path / "unused.py", tmp_path / f"steps-{seed}.json"
        script.write_text("")
        given.write_text(json.dumps(steps))
        with emulator.session(script, seed=seed, jitter=jitter) as board:
            node, _, *options = board.command.arguments
            done = subprocess.run(
                [node, STEPS, *options, f"--steps={given}"],
                env={**os.environ, **board.command.environment},
                capture_output=True,
                text=True,
                timeout=100,
            )
        assert done.returncode == 0, done.stderr
        results = [SimpleNamespace(**result) for result in json.loads(done.stdout)]
        assert results[-1].error is None, f"step {len(results)} of {len(steps)}: {results[-1]}"
        return results

    return go
