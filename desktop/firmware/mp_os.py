"""`os`: the files of the board, what else is mounted, and what it is."""

from __future__ import annotations

import os
from collections import namedtuple
from types import ModuleType
from typing import TYPE_CHECKING, Any

from .modules import module
from .mp_sys import VERSION

if TYPE_CHECKING:
    from .world import World

Uname = namedtuple("Uname", "sysname nodename release version machine")


def make(world: World) -> ModuleType:
    """`os` for the application of one board."""
    files, kind, vfs = world.mounts, world.board.kind, world.import_module("vfs")
    release = ".".join(map(str, VERSION[:3]))

    def uname() -> Uname:
        return Uname(kind.platform, kind.platform, release, f"v{release} on a simulated board", kind.machine)

    def sync() -> None:
        """Nothing is held back."""

    def dupterm(stream: Any, index: int = 0) -> Any:
        """Have `stream` written what is printed, too; None: no more. Returns the one before. It is not read from."""
        if index != 0:
            raise ValueError(f"invalid dupterm index {index!r}: there is 0")
        if stream is not None and not hasattr(stream, "write"):
            raise TypeError(f"dupterm takes a stream or None, not {type(stream).__name__}")
        return world.stdout.duplicate(stream)

    return module(
        "os",
        VfsFat=vfs.VfsFat,
        VfsLfs2=vfs.VfsLfs2,
        chdir=files.chdir,
        dupterm=dupterm,
        dupterm_notify=lambda stream: None,
        getcwd=files.getcwd,
        ilistdir=files.ilistdir,
        listdir=files.listdir,
        mkdir=files.mkdir,
        mount=files.mount,
        remove=files.remove,
        rename=files.rename,
        rmdir=files.rmdir,
        sep="/",
        stat=files.stat,
        statvfs=files.statvfs,
        sync=sync,
        umount=files.umount,
        uname=uname,
        unlink=files.remove,
        urandom=os.urandom,
    )
