"""What an emulated board was doing when its run ended: read from its memory, with no help from the board.

`report.autopsy` is the way in: text that says where in its Python code each core is, and what each task waits for.
It works on any MicroPython firmware for the RP2040 whose layout of objects is known here; see `objects`.
"""
