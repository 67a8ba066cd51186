"""`vfs`: mounting file systems of the application's own: written in Python, or littlefs on a block device."""

from __future__ import annotations

import errno
from types import ModuleType
from typing import TYPE_CHECKING, Any, NoReturn

from .lfs2 import CORRUPT, VfsLfs2
from .modules import module
from .of_board import bound

if TYPE_CHECKING:
    from .world import World

NO_FAT = (
    "FAT is not simulated: VfsLfs2 is, and what has a file system's methods in Python; to read a card's files, put them"
    " beside the application"
)


class VfsFat:
    """What a board has and a simulated one has not."""

    def __init__(self, device: Any) -> None:
        raise NotImplementedError(NO_FAT)

    @staticmethod
    def mkfs(device: Any) -> NoReturn:
        raise NotImplementedError(NO_FAT)


def of_device(world: World, device: Any) -> Any:
    """The file system on a block device, for `mount`. OSError ENODEV if there is none that can be had."""
    try:
        return world.import_module("vfs").VfsLfs2(device)
    except TypeError as error:  # it cannot read a part of a block, as littlefs wants and FAT does not
        reason: Exception = error
    except OSError as error:
        if error.errno != CORRUPT:
            raise
        reason = error
    raise OSError(errno.ENODEV, f"{reason}; and {NO_FAT}") from None


def make(world: World) -> ModuleType:
    """`vfs` for the application of one board."""
    names = {"VfsFat": VfsFat, "VfsLfs2": bound(VfsLfs2, world, "vfs")}
    return module("vfs", mount=world.mounts.mount, umount=world.mounts.umount, **names)
