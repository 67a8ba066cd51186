"""One measurement: one contender in one workload, in this fresh process. Started by `runner`; prints JSON.

Run as `python -m benchmarks.measure WORKLOAD ROW full|quick [CPU]`.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from collections.abc import Sequence

from . import passes
from .workload import Figures
from .workloads import named


def measure(workload_name: str, row: int, quick: bool, cpu: int | None) -> Figures:
    """Run the contender in that row; raises what it raises, Lost if its work was not all done."""
    workload = named(workload_name)
    if cpu is not None:
        os.sched_setaffinity(0, {cpu})
    if quick:
        passes.long_enough = 0.0
    gc.collect()
    return workload.contenders[row].measure(workload.quick_count if quick else workload.count)


def main(arguments: Sequence[str]) -> None:
    name, row, size, *cpu = arguments
    print(json.dumps(measure(name, int(row), size == "quick", int(cpu[0]) if cpu else None)))


if __name__ == "__main__":
    main(sys.argv[1:])
