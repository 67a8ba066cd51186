"""What stands here is to be on an import path itself: modules with the names of micropython-async's, and of `asyncio`.

They are for programs that were written for it, and hold nothing but names. docs/differences.md says how to have them on
a board. On an import path they must come before a board's own modules, whose `asyncio` is another.
"""
