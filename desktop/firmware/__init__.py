"""What an application sees of a simulated board: MicroPython's dialect, and its modules, one `mp_<name>.py` each.

The hardware beneath is `twincore.desktop.board`. `World` in world.py runs an application; nothing of it is seen by the
rest of the process.
"""
