"""A fuzzer led by coverage, in a process of its own, which libFuzzer ends: `run` begins it.

The library is loaded as plain Python, and drivers with what they load are instrumented; `core` is not: it is what they
run on.
"""

import importlib.util
import os
import random
import re
import subprocess
import sys
import tempfile
from collections import deque
from dataclasses import dataclass
from pathlib import Path

if not __package__:  # this is the process
    sys.path[0] = str(Path(__file__).resolve().parent.parent)
    __package__ = "fuzz"

from .fuzzing import HANG, STEP, load

FIRST = 500  # inputs to begin with
NEW = 4  # one input of so many is none that was there before
FOUND = Path(__file__).parents[2] / "build" / "fuzz"  # where inputs are kept at which a fuzzer failed
TOLD = "checked "  # of the process: how many
NOISE = re.compile(r"^(INFO|WARNING): |^(#\d+\s|This may also)")


@dataclass
class Result:
    """How it ended. `edges`: at first and at the end, as libFuzzer counts them; `said`, if it failed: what it said."""

    inputs: int = 0
    edges: tuple[int, int] = (0, 0)
    said: str = ""


def available():
    """Whether atheris is here."""
    return importlib.util.find_spec("atheris") is not None


def run(name, count, seed=1, progress=None, hang=HANG):
    """Check so many inputs; `progress(n)` is told how many there were; each has `hang` s. Returns a Result."""
    FOUND.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "TWINCORE_PURE": "1", "TWINCORE_REQUIRE_COMPILED": "0"}
    folder = tempfile.TemporaryDirectory()  # of inputs that led somewhere
    command = [sys.executable, "-u", __file__, name, str(count), str(seed), str(hang), folder.name]
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    )
    result, edges, tail = Result(), [], deque(maxlen=60)
    try:
        for line in process.stdout:
            if line.startswith(TOLD):
                result.inputs = int(line.removeprefix(TOLD))
                if progress is not None:
                    progress(result.inputs)
            elif at := re.search(r"^#\d+\s.* cov: (\d+)", line):
                edges.append(int(at[1]))
            elif not NOISE.search(line):
                tail.append(line)
            if done := re.match(r"Done (\d+) runs", line):
                result.inputs = int(done[1])
        if process.wait() or result.inputs < count:
            result.said = "".join(tail) or f"its process ended with {process.returncode}"
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        folder.cleanup()
    if edges:
        result.edges = (edges[0], edges[-1])
    return result


def main(name, count, seed, hang, folder):
    import atheris

    from twincore import core  # noqa: F401

    with atheris.instrument_imports(include=["twincore"]):
        fuzzer = load(name)
    checked = 0

    def check(data):
        nonlocal checked
        if checked % STEP == 0:
            print(TOLD, checked, sep="")
        checked += 1
        fuzzer.check(data)

    def mutated(data, most, number):
        return fuzzer.made(random.Random(number))[:most] if number % NEW == 0 else atheris.Mutate(data, most)

    rng = random.Random(seed)
    for n in range(FIRST):
        Path(folder, str(n)).write_bytes(fuzzer.made(rng))
    options = {"runs": count, "seed": seed, "max_len": fuzzer.LONGEST_INPUT, "timeout": hang, "rss_limit_mb": 1024}
    options["artifact_prefix"] = f"{FOUND}/{name}-"
    settings = [f"-{key}={value}" for key, value in options.items()]
    atheris.Setup([__file__, *settings, folder], check, custom_mutator=mutated)
    atheris.Fuzz()  # which does not return


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:5]), sys.argv[5])
