"""The name of micropython-async's package for twincore.primitives: for programs that were written for it."""

from twincore.primitives import __getattr__
