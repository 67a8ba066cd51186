"""`random`: each board's own, another sequence than a board's for the same seed. In virtual time it begins the same."""

from __future__ import annotations

import random
from types import ModuleType
from typing import TYPE_CHECKING

from .modules import module

if TYPE_CHECKING:
    from .world import World

NAMES = ("choice", "getrandbits", "randint", "random", "randrange", "seed", "uniform")


def make(world: World) -> ModuleType:
    """`random` for the application of one board."""
    own = random.Random(0 if world.time.virtual else None)
    return module("random", **{name: getattr(own, name) for name in NAMES})
