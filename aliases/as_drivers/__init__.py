"""The name of micropython-async's package for twincore.drivers: for programs that were written for it."""

from twincore.drivers import __getattr__
