"""What twincore costs a board: flash and heap, of its layers, of their modules, and of an application that uses them.

`measure` asks the emulated board, `tables` shows it, `budget` checks it against limits. All of it is exact: the same
firmware with the same files holds the same bytes each time.
"""
