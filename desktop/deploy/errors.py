"""What goes wrong with a board, each told in one line; `exit_code` is that of a command which it ends."""

from __future__ import annotations


class DeployError(Exception):
    """A deployment cannot be made, or was not finished; the text says why, and what is on the board now."""

    exit_code = 1


class PortError(DeployError):
    """No board can be talked to at a port: there is none, it is not ours to open, or nothing answers."""

    exit_code = 2


class BoardLost(DeployError):
    """The board stopped answering: unplugged, reset, or hung."""


class Interrupted(DeployError):
    """Ctrl-C ended it."""

    exit_code = 130
