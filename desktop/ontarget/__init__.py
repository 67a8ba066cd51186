"""Tests where they are meant to run: the simulated board, MicroPython's unix port, the emulated RP2040, a real board.

`collecting` finds a file's tests without executing it, `programs` makes them a program, `places` say what runs it,
`boots` reads what becomes of it, `session` does many at once. Two fronts: `run_tests`, which is `twincore test`, and
`pytest_front`, which is `pytest --target`. `on_board/` is what goes to the target, `selftest/` are tests of twincore.
"""
