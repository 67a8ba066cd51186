"""`vfs`: mounting file systems of the application's own: written in Python, or FAT or littlefs on a block device."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any

from .modules import module

if TYPE_CHECKING:
    from .world import World

SIZE = 5  # of a device's ioctl
LITTLEFS = b"littlefs"  # at the byte 8 of the first block or the second


def of_device(world: World, device: Any) -> Any:
    """The file system on a block device, for `mount`: FAT, with or without a volume, if it is no littlefs."""
    vfs = world.import_module("vfs")
    fat = vfs.VfsFat(device)
    if not fat.is_there and _holds_littlefs(device):
        return vfs.VfsLfs2(device)
    return fat


def _holds_littlefs(device: Any) -> bool:
    for block in (0, 1):
        data = bytearray(device.ioctl(SIZE, 0) or 512) if hasattr(device, "ioctl") else bytearray(512)
        device.readblocks(block, data)
        if data[8 : 8 + len(LITTLEFS)] == LITTLEFS:
            return True
    return False


def make(world: World) -> ModuleType:
    """`vfs` for the application of one board."""
    from .fat.file_system import VfsFat
    from .lfs2 import VfsLfs2
    from .of_board import bound

    names = {"VfsFat": bound(VfsFat, world, "vfs"), "VfsLfs2": bound(VfsLfs2, world, "vfs")}
    return module("vfs", mount=world.mounts.mount, umount=world.mounts.umount, **names)
