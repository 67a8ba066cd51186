"""`VfsFat`: the same as MicroPython's, byte for byte where it matters: what one has written the other reads.

The reader in tests/fat.py, from the specification, is a third opinion.
"""

import random

import pytest

from twincore.desktop.targets import unix_port

import fat

pytestmark = [pytest.mark.cpython, pytest.mark.timeout(60)]

DEVICE = """
class Device:
    def __init__(self, blocks=64, size=512, data=None):
        self.size = size
        self.data = data or bytearray(blocks * size)
    def readblocks(self, block, buf):
        at = block * self.size
        buf[:] = self.data[at:at + len(buf)]
    def writeblocks(self, block, buf):
        at = block * self.size
        self.data[at:at + len(buf)] = buf
    def ioctl(self, op, arg):
        return {4: len(self.data) // self.size, 5: self.size}.get(op, 0)
class Image(Device):
    def __init__(self, path):
        self.file = open(path, 'r+b')
        self.blocks = self.file.seek(0, 2) // 512
    def readblocks(self, block, buf):
        self.file.seek(block * 512)
        self.file.readinto(buf)
    def writeblocks(self, block, buf):
        self.file.seek(block * 512)
        self.file.write(buf)
    def ioctl(self, op, arg):
        if op == 3:
            self.file.flush()
        return {4: self.blocks, 5: 512}.get(op, 0)
def show(act):
    try:
        print(act())
    except Exception as e:
        print(*('OSError', e.errno) if isinstance(e, OSError) else (type(e).__name__,))
"""
PROGRAMS = {
    "making one": DEVICE + """
import os, vfs
for blocks in (40, 49, 50, 60, 64, 128, 1000):
    device = Device(blocks)
    show(lambda: vfs.VfsFat.mkfs(device))
    show(lambda: os.mount(device, '/d'))
    if blocks >= 50:
        print(os.statvfs('/d'), os.listdir('/d'))
        os.umount('/d')
device = Device(64)
alone = vfs.VfsFat(device)
show(lambda: alone.ilistdir('/'))
show(lambda: os.mount(alone, '/d'))
show(lambda: os.mount(device, '/d'))
show(lambda: os.mount(device, '/d', mkfs=True))
print(os.stat('/d')[:7])
os.umount('/d')
large = Device(64, 4096)
vfs.VfsFat.mkfs(large)
os.mount(large, '/large')
print(os.statvfs('/large'))
""",
    "files and folders": DEVICE + """
import os, vfs
device = Device(64)
vfs.VfsFat.mkfs(device)
os.mount(device, '/d')
with open('/d/test.txt', 'w') as f:
    print(f.write('x'))
print(list(os.ilistdir('/d')), os.stat('/d/TEST.TXT')[:7])
for act in (
    lambda: os.rmdir('/d/test.txt'), lambda: os.mkdir('/d/a'), lambda: os.mkdir('/d/A'), lambda: os.remove('/d/a'),
    lambda: open('/d/a'), lambda: open('/d/a', 'w'), lambda: open('/d/a:b', 'w'), lambda: open('/d/x' * 200, 'w'),
    lambda: open('/d/' + 'x' * 300, 'w'), lambda: open('/d/ab. ', 'w').close(), lambda: open('/d/none', 'r+'),
    lambda: open('/d/.x y+z,longer name.Ext', 'w').close(), lambda: open('/d/Mixed.txt', 'w').close(),
    lambda: open('/d/lower.TXT', 'w').close(), lambda: open('/d/test.txt', 'x'), lambda: os.listdir('/d'),
    lambda: os.rmdir('/d/none'), lambda: os.remove('/d/none'), lambda: os.listdir('/d/none'),
    lambda: os.listdir('/d/test.txt'), lambda: os.chdir('/d/test.txt'), lambda: os.mkdir('/d/none/x'),
    lambda: os.mkdir('/d/a/b'), lambda: os.rmdir('/d/a'), lambda: os.chdir('/d/a/b'), os.getcwd,
    lambda: os.rmdir('/d/a/b'), lambda: open('rel', 'w').close(), lambda: os.listdir('..'), lambda: os.chdir('..'),
    os.getcwd, lambda: os.listdir('b'), lambda: os.rename('b/rel', 'rel2'), os.listdir, lambda: os.rename('b', 'c'),
    lambda: list(os.ilistdir()), lambda: os.rename('none', 'c2'), lambda: open('one', 'w').close(),
    lambda: os.rename('one', 'rel2'), lambda: os.rename('rel2', 'c'), os.listdir, lambda: os.rename('c', 'C'),
    os.listdir, lambda: os.stat('.')[:1], lambda: os.mkdir('/d/a'),
):
    show(act)
for n in range(12):
    open('a long name of number %d.text' % n, 'w').close()
for n in range(0, 12, 2):
    os.remove('A LONG NAME OF NUMBER %d.text' % n)
open('the longest of all these names, which takes the room of several.text', 'w').close()
print(os.listdir(), open('/d/test.txt').read())
""",
    "reading and writing": DEVICE + """
import os, vfs
device = Device(64)
vfs.VfsFat.mkfs(device)
os.mount(device, '/d')
with open('/d/f', 'wb') as f:
    print(f.write(b'0123456789' * 120), f.tell(), f.seek(5), f.write(b'abcdef', 3), f.tell(), f.write('xyz', 1, 1))
with open('/d/f', 'rb') as f:
    print(f.read(12), f.seek(505), f.read(12), f.seek(-4, 2), f.read(), f.read(1), f.seek(5000), f.tell())
    show(lambda: f.write(b'x'))
with open('/d/f', 'ab') as f:
    print(f.tell(), f.write(b'end'), f.seek(0), f.write(b'Q'))
with open('/d/f', 'r+b') as f:
    room = bytearray(6)
    print(f.read(2), f.write(b'__'), f.seek(0), f.readinto(room), room, f.readinto(room, 2), room)
with open('/d/f', 'w+b') as f:
    print(f.seek(700), f.write(b'a'), f.seek(0), len(f.read()))
with open('/d/lines', 'w') as f:
    for n in range(50):
        f.write('line %d\\n' % n)
with open('/d/lines') as f:
    print(f.readline(), f.readline(), len(f.readlines()))
print(os.statvfs('/d')[:5])
f = open('/d/big', 'wb')
show(lambda: f.write(b'x' * 40000))
print(f.tell())
f.close()
print(os.stat('/d/big')[6], os.statvfs('/d')[3])
show(lambda: os.mkdir('/d/full'))
os.remove('/d/big')
print(os.statvfs('/d')[3], os.listdir('/d'))
os.umount('/d')
os.mount(device, '/d', readonly=True)
for act in (
    lambda: open('/d/f').close(), lambda: open('/d/w', 'w'), lambda: os.remove('/d/f'), lambda: os.mkdir('/d/q'),
    lambda: os.rename('/d/f', '/d/g'),
):
    show(act)
os.umount('/d')
class Failing(Device):
    def readblocks(self, n, buf):
        raise OSError(5)
show(lambda: vfs.VfsFat(Failing()))
""",
}


@pytest.mark.parametrize("source", PROGRAMS.values(), ids=PROGRAMS)
def test_the_same_as_on_micropython(run, source, tmp_path, target_is_here):
    target_is_here("micropython")
    ran = run(source)
    expected = unix_port.run(tmp_path / "main.py")
    assert (expected.exit_code, expected.stderr) == (0, "")
    assert ran.lines == expected.stdout.splitlines()


WRITE = DEVICE + """
import os, vfs
device = Image(IMAGE)
if MAKE:
    vfs.VfsFat.mkfs(device)
os.mount(device, '/d')
os.mkdir('/d/sub')
for n in range(40):
    with open('/d/sub/a rather long name %d.txt' % n, 'w') as f:
        for i in range(n):
            f.write('%d ' % i)
with open('/d/large.bin', 'wb') as f:
    for n in range(500):
        f.write(bytes([n & 255]) * 300)
for n in range(0, 40, 3):
    os.remove('/d/sub/a rather long name %d.txt' % n)
os.mkdir('/d/sub/deeper')
os.rename('/d/sub/a rather long name 1.txt', '/d/sub/deeper/Moved.txt')
print(os.statvfs('/d'))
os.umount('/d')
device.file.close()
"""
READ = DEVICE + """
import os
device = Image(IMAGE)
os.mount(device, '/d')
print(os.statvfs('/d'))
print(os.listdir('/d'), len(os.listdir('/d/sub')), os.listdir('/d/sub/deeper'))
print(open('/d/sub/deeper/moved.txt').read(), open('/d/sub/a rather long name 38.txt').read())
with open('/d/large.bin', 'rb') as f:
    print(all(f.read(300) == bytes([n & 255]) * 300 for n in range(500)), f.read())
open('/d/sub/deeper/new', 'w').close()
"""
SIZES = {"FAT12": 1 << 20, "FAT16": 40 << 20, "FAT32": 5 << 30}


@pytest.mark.parametrize("writer", ["the simulated board", "MicroPython"])
@pytest.mark.parametrize("kind", SIZES)
def test_what_one_writes_the_other_reads(run, tmp_path, target_is_here, writer, kind):
    target_is_here("micropython")
    image = tmp_path / "image"
    with image.open("wb") as file:
        file.truncate(SIZES[kind])  # blocks that nobody writes take no room

    def on_board(text):
        ran = run(f"IMAGE, MAKE = '/image', True\n{text}")
        assert ran.code == 0, ran.text
        return ran.lines

    def on_micropython(text):
        script = tmp_path / "unix.py"
        script.write_text(f"IMAGE, MAKE = {str(image)!r}, True\n{text}")
        ran = unix_port.run(script)
        assert (ran.exit_code, ran.stderr) == (0, "")
        return ran.stdout.splitlines()

    first, second = (on_micropython, on_board) if writer == "MicroPython" else (on_board, on_micropython)
    wrote = first(WRITE)
    with image.open("rb") as file:
        start = file.read(64 * 512)
    assert (b"FAT32   " in start) == (kind == "FAT32")  # MicroPython makes such a volume in a partition
    read = second(READ)
    assert read == [
        wrote[0],
        "['sub', 'large.bin'] 26 ['Moved.txt']",
        "0  " + " ".join(map(str, range(38))) + " ",
        "True b''",
    ]
    assert first(READ)[:1] == wrote  # an empty file more takes no cluster


def test_a_card_with_a_table_of_partitions(run, tmp_path):
    ran = run(f"""
{DEVICE}
import os, vfs
part = Device(4000)
vfs.VfsFat.mkfs(part)
data = bytearray(63 * 512) + part.data
data[446:462] = bytes((0, 1, 1, 0, 6, 1, 1, 0)) + (63).to_bytes(4, 'little') + (4000).to_bytes(4, 'little')
data[510:512] = b'\\x55\\xaa'
card = Device(data=data)
os.mount(card, '/sd')
with open('/sd/log', 'w') as f:
    f.write('hello')
print(os.statvfs('/sd')[:3], open('/sd/log').read())
with open('/part', 'wb') as f:
    f.write(card.data[63 * 512:])
""")
    assert ran.lines == ["(512, 512, 3955) hello"]
    assert fat.files((tmp_path / "part").read_bytes()) == {"LOG": b"hello"}


def test_a_damaged_volume_is_an_io_error_and_nothing_hangs(run):
    ran = run(f"""
{DEVICE}
import os, vfs
device = Device(64)
vfs.VfsFat.mkfs(device)
os.mount(device, '/d')
with open('/d/f', 'wb') as f:
    f.write(bytes(2000))
os.umount('/d')
device.data[512 + 3:512 + 9] = b'\\x02\\x20\\x00\\x02\\x20\\x00'   # clusters that lead to themselves
os.mount(device, '/d')
show(lambda: open('/d/f').read())
show(lambda: os.remove('/d/f'))
""")
    assert ran.lines == ["OSError 5", "OSError 5"]


def test_what_is_open_when_it_is_unmounted_is_lost_and_says_so(run):
    ran = run(f"""
{DEVICE}
import os, vfs
device = Device(64)
vfs.VfsFat.mkfs(device)
os.mount(device, '/d')
f = open('/d/f', 'wb')
f.write(b'kept')
f.flush()
f.write(b'lost')
os.umount('/d')
show(lambda: f.write(b'more'))
f.close()
os.mount(device, '/d')
print(open('/d/f').read())
""")
    assert ran.lines == ["OSError 19", "kept"]


def test_a_folder_is_not_moved_into_itself(run):
    ran = run(f"""
{DEVICE}
import os, vfs
device = Device(64)
vfs.VfsFat.mkfs(device)
os.mount(device, '/d')
os.mkdir('/d/b')
show(lambda: os.rename('/d/b', '/d/b/c'))
print(os.listdir('/d'))
""")
    assert ran.lines == ["OSError 22", "['b']"]


def test_files_have_the_time_of_the_board(run):
    ran = run(f"""
{DEVICE}
import os, time, vfs
device = Device(64)
vfs.VfsFat.mkfs(device)
os.mount(device, '/d')
time.sleep(100)
open('/d/a', 'w').close()
print(os.stat('/d/a')[8] - time.time(), time.localtime(os.stat('/d/a')[8])[:3])
""", kind="esp32")
    assert ran.lines == ["0 (2021, 1, 1)"]


@pytest.mark.parametrize("seed", range(6))
def test_whatever_is_done_the_files_are_what_they_should_be(new_world, tmp_path, seed):
    """Files that grow, shrink, move and go, against a dict, and at last against who reads the specification."""
    world = new_world()
    vfs = world.import_module("vfs")
    chosen = random.Random(seed)

    class Device:
        data = bytearray(512 * (700 if seed % 2 else 9000))

        def readblocks(self, block, buf):
            buf[:] = self.data[512 * block : 512 * block + len(buf)]

        def writeblocks(self, block, buf):
            self.data[512 * block : 512 * block + len(buf)] = buf

        def ioctl(self, what, value):
            return {4: len(self.data) // 512, 5: 512}.get(what, 0)

    device = Device()
    vfs.VfsFat.mkfs(device)
    volume = vfs.VfsFat(device)
    names = [f"{letter * 3}.TXT" for letter in "ABCDEFGH"]
    expected = {}
    for _ in range(300):
        name = chosen.choice(names)
        act = chosen.choice(["write", "append", "change", "remove", "rename", "read"])
        if act in ("write", "append"):
            data = chosen.randbytes(chosen.choice([0, 1, 511, 512, 513, 3000, 9000]))
            with volume.open(name, "wb" if act == "write" else "ab") as file:
                for start in range(0, len(data), 700):
                    file.write(data[start : start + 700])
            expected[name] = (b"" if act == "write" else expected.get(name, b"")) + data
            if len(expected[name]) > 20_000:
                volume.remove(name)
                del expected[name]
        elif name not in expected:
            continue
        elif act == "change":
            at = chosen.randrange(len(expected[name]) + 600)
            with volume.open(name, "r+b") as file:
                file.seek(at)
                file.write(b"changed")
            before = expected[name].ljust(at, b"\0")
            expected[name] = before[:at] + b"changed" + before[at + 7 :]
        elif act == "remove":
            volume.remove(name)
            del expected[name]
        elif act == "rename":
            other = chosen.choice([each for each in names if each != name])
            volume.rename(name, other)
            expected[other] = expected.pop(name)
        else:
            with volume.open(name, "rb") as file:
                assert file.read() == expected[name]
    assert fat.files(bytes(device.data)) == expected
    size, _, clusters, free = volume.statvfs("/")[:4]
    assert clusters - free == sum(-(-len(data) // size) for data in expected.values())
    assert vfs.VfsFat(device).statvfs("/")[3] == free
