"""`python -m benchmarks`."""

import sys

try:
    from .cli import main
except ModuleNotFoundError as error:
    if error.name is None or error.name.partition(".")[0] not in ("click", "rich"):
        raise
    print("benchmarks: the tables need click and rich: pip install -e '.[cli,bench]'", file=sys.stderr)
    sys.exit(2)

main()
