"""FAT volumes on a block device: `os.VfsFat`."""
