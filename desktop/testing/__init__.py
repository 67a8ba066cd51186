"""What tests of firmware use beside the fixtures of the pytest plugin: see docs/testing-firmware.md."""

from .app import App
from .bench import Bench
from .edges import Edges, record
from .turns import yields_within

__all__ = ["App", "Bench", "Edges", "record", "yields_within"]
