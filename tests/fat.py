"""Reading a FAT12 or FAT16 volume, as far as a test needs: the files of its root folder. From Microsoft's FAT
specification (fatgen103), and so independent of the one that wrote it.
"""

DELETED, END, LONG_NAME, VOLUME = 0xE5, 0x00, 0x0F, 0x08


def files(volume):
    """{name: content} of the root folder of `volume`, bytes."""

    def number(at, size):
        return int.from_bytes(volume[at : at + size], "little")

    assert volume[510:512] == b"\x55\xaa"
    sector, per_cluster, reserved, fats = number(11, 2), number(13, 1), number(14, 2), number(16, 1)
    entries, sectors, per_fat = number(17, 2), number(19, 2) or number(32, 4), number(22, 2)
    root = (reserved + fats * per_fat) * sector
    data = root + entries * 32
    cluster = per_cluster * sector
    count = (sectors * sector - data) // cluster
    assert count < 65525, "FAT32"

    def after(n):
        if count < 4085:
            pair = number(reserved * sector + n * 3 // 2, 2)
            return pair >> 4 if n & 1 else pair & 0xFFF
        return number(reserved * sector + 2 * n, 2)

    def content(n, size):
        found = b""
        while len(found) < size:
            assert 2 <= n < count + 2, f"a chain of clusters leads to {n}"
            found += volume[data + (n - 2) * cluster :][:cluster]
            n = after(n)
        return found[:size]

    found = {}
    for at in range(root, data, 32):
        first, attributes = volume[at], volume[at + 11]
        if first == END:
            break
        if first != DELETED and attributes != LONG_NAME and not attributes & VOLUME:
            name = volume[at : at + 8].decode().rstrip() + "." + volume[at + 8 : at + 11].decode().rstrip()
            found[name.rstrip(".")] = content(number(at + 26, 2), number(at + 28, 4))
    return found
