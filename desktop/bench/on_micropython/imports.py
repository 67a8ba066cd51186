"""Prints the bytes of heap that the imported scheduler takes. argv: twincore or built-in, names of it to use."""

import gc
import sys

gc.collect()
before = gc.mem_alloc()
if sys.argv[1] == "built-in":
    import asyncio
else:
    from twincore import core as asyncio
for name in sys.argv[2:]:
    getattr(asyncio, name)  # what is loaded when it is first used
gc.collect()
print(gc.mem_alloc() - before)
