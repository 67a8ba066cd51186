"""`vfs` and `os.mount`: file systems of the application's own, in Python and as littlefs on a block device."""

import sys

import pytest

from twincore.desktop.targets import unix_port

pytestmark = [pytest.mark.cpython, pytest.mark.timeout(60)]

DEVICE = """
class Device:
    def __init__(self, blocks=64, size=512, data=None):
        self.size = size
        self.data = data or bytearray(blocks * size)
    def readblocks(self, block, buf, off=0):
        at = block * self.size + off
        buf[:] = self.data[at:at + len(buf)]
    def writeblocks(self, block, buf, off=0):
        at = block * self.size + off
        self.data[at:at + len(buf)] = buf
    def ioctl(self, op, arg):
        return {4: len(self.data) // self.size, 5: self.size}.get(op, 0)
"""
SHOW = """
def show(act):
    try:
        print(act())
    except Exception as e:
        print(*('OSError', e.errno) if isinstance(e, OSError) else (type(e).__name__,))
"""
PROGRAMS = {
    "in Python": SHOW + """
import os, vfs
class FS:
    def __init__(self, name):
        self.name = name
        self.folder = '/'
    def mount(self, *a):
        print(self.name, 'mount', a)
    def umount(self):
        print(self.name, 'umount')
    def ilistdir(self, path):
        print(self.name, 'ilistdir', path)
        return iter([('a', 0x8000, 0, 3), ('b', 0x4000, 0)])
    def chdir(self, path):
        print(self.name, 'chdir', path)
        self.folder = path if path[0] == '/' else '/' + path
    def getcwd(self):
        return self.folder
    def __getattr__(self, what):
        if what not in ('open', 'stat', 'statvfs', 'mkdir', 'rmdir', 'remove', 'rename'):
            raise AttributeError(what)
        return lambda *a: print(self.name, what, a)
x, y = FS('x'), FS('y')
show(lambda: os.mount(x, '/x'))
show(lambda: os.mount(y, '/x'))
show(lambda: os.mount(y, '/x/y'))
show(lambda: vfs.mount(y, '/y.y/z', readonly=True))
for act in (
    lambda: os.listdir('/')[:2], lambda: os.listdir('/x'), lambda: os.listdir('/x/'), lambda: os.listdir('/x/sub'),
    lambda: list(os.ilistdir('/x')), lambda: open('/x/f'), lambda: open('/x/f', 'wb'), lambda: os.stat('/x'),
    lambda: os.stat('/x/q/../r'), lambda: os.stat('/y.y/z/r'), lambda: os.statvfs('/x'), lambda: os.mkdir('/x/d'),
    lambda: os.rename('/x/a', '/x/b'), lambda: os.rename('/x/a', '/y.y/z/b'), lambda: os.remove('/x/a'),
    lambda: os.unlink('/x/a'), lambda: os.rmdir('/x/a'), lambda: os.chdir('/x'), os.getcwd, lambda: open('f'),
    lambda: os.listdir(), lambda: os.listdir('.'), lambda: os.chdir('sub'), os.getcwd, lambda: os.stat('../y'),
    lambda: open('/y.y/z/f'), lambda: os.chdir('/y.y/z'), os.getcwd, lambda: os.rename('/x/a', 'b'),
    lambda: os.umount('/x'), lambda: os.umount('/x'), lambda: os.umount(y), os.getcwd, lambda: os.umount(y),
    lambda: os.mount(5, '/q'), lambda: os.mount(FS('in vain'), 'q'), lambda: os.mount(FS('f'), '/f'),
    lambda: os.mkdir('/'), lambda: os.stat('/')[0],
):
    show(act)
class Failing:
    def mount(self, readonly, mkfs):
        raise OSError(19)
class Little:
    def mount(self, readonly, mkfs):
        pass
show(lambda: os.mount(Failing(), '/failing'))
show(lambda: os.mount(Little(), '/little'))
show(lambda: open('/little/f'))
show(lambda: os.stat('/little/f'))
show(lambda: os.umount('/little'))
""",
    "littlefs": DEVICE + SHOW + """
import os, vfs
device = Device()
show(lambda: vfs.VfsLfs2(device))
show(lambda: os.mount(device, '/d'))
vfs.VfsLfs2.mkfs(device)
os.mount(os.VfsLfs2(device), '/d')
print(os.listdir('/d'), os.statvfs('/d')[:3], os.statvfs('/d')[9])
with open('/d/a', 'w') as f:
    print(f.write('hello\\n'), f.write('x' * 100))
with open('/d/a') as f:
    print(f.read(3), f.readline(), f.tell(), len(f.read()), f.seek(0), f.read(2))
with open('/d/a', 'ab') as f:
    f.write(b'end')
with open('/d/a', 'r+b') as f:
    f.seek(2)
    f.write(b'XY')
    f.seek(0)
    room = bytearray(4)
    print(f.read(5), f.readinto(room), room)
print(os.stat('/d/a')[:7], list(os.ilistdir('/d')))
os.mkdir('/d/sub')
open('/d/sub/b', 'w').close()
os.rename('/d/a', '/d/sub/a')
os.chdir('/d/sub')
print(list(os.ilistdir()), os.getcwd(), open('a').read(4))
os.chdir('..')
print(os.getcwd())
os.chdir('sub/../sub')
print(os.getcwd(), os.stat('/d/sub'))
for path in ('/d/none', '/d/sub/a/x'):
    for act in (os.stat, open, os.remove, os.listdir, os.rmdir, lambda path: os.rename(path, '/d/q')):
        show(lambda: act(path))
for act in (
    lambda: os.rmdir('/d/sub'), lambda: os.mkdir('/d/sub'), lambda: open('/d/sub'), lambda: open('/d/z', 'x').close(),
    lambda: open('/d/z', 'x'), lambda: os.listdir('/d/z'), lambda: open('/d/big', 'w').write('x' * 60000),
    lambda: os.remove('/d/big'),
):
    show(act)
f = open('/d/open', 'w')
f.write('abc')
f.flush()
print(os.stat('/d/open')[6])
f.close()
os.chdir('/')
os.umount('/d')
os.mount(device, '/e')
print(os.listdir('/e'), open('/e/sub/a', 'rb').read(7))
os.umount('/e')
alone = vfs.VfsLfs2(device)
alone.chdir('sub')
print(alone.getcwd(), list(alone.ilistdir()), alone.open('a', 'r').read(3))
class Broken(Device):
    def writeblocks(self, block, buf, off=0):
        if self.broken:
            raise OSError(5)
        super().writeblocks(block, buf, off)
broken = Broken()
broken.broken = False
vfs.VfsLfs2.mkfs(broken)
os.mount(broken, '/b')
broken.broken = True
show(lambda: os.mkdir('/b/x'))
""",
    "imports": DEVICE + """
import os, sys, vfs
device = Device()
vfs.VfsLfs2.mkfs(device)
os.mount(device, '/card')
os.mkdir('/card/parts')
for name, text in (
    ('helper', 'import parts.one\\nprint(__name__, parts.one.N)'), ('parts/__init__', 'print(__name__)'),
    ('parts/one', 'from . import two\\nN = two.N'), ('parts/two', 'N = 7'),
):
    with open('/card/' + name + '.py', 'w') as f:
        f.write(text)
sys.path.append('/card')
import helper
print(helper.__name__, sorted(name for name in sys.modules if 'p' in name and 's' in name))
""",
}


@pytest.mark.parametrize("source", PROGRAMS.values(), ids=PROGRAMS)
def test_the_same_as_on_micropython(run, source, tmp_path, target_is_here):
    target_is_here("micropython")
    pytest.importorskip("littlefs", reason="the extra `board` is not installed")
    ran = run(source)
    expected = unix_port.run(tmp_path / "main.py")
    assert (expected.exit_code, expected.stderr) == (0, "")
    assert ran.lines == expected.stdout.splitlines()


MAKE = DEVICE + """
import os, vfs
device = Device()
vfs.VfsLfs2.mkfs(device)
os.mount(device, '/d')
os.mkdir('/d/sub')
with open('/d/sub/numbers', 'w') as f:
    for n in range(500):
        f.write('%d ' % n)
os.umount('/d')
with open(IMAGE, 'wb') as f:
    f.write(device.data)
"""
READ = DEVICE + """
import os
os.mount(Device(data=bytearray(open(IMAGE, 'rb').read())), '/d')
print(os.listdir('/d/sub'), sum(map(int, open('/d/sub/numbers').read().split())))
"""


@pytest.mark.parametrize("writer", ["the simulated board", "MicroPython"])
def test_what_one_writes_the_other_reads(run, tmp_path, target_is_here, writer):
    target_is_here("micropython")
    pytest.importorskip("littlefs", reason="the extra `board` is not installed")
    image = tmp_path / "image"

    def on_micropython(text):
        script = tmp_path / "unix.py"
        script.write_text(f"IMAGE = {str(image)!r}\n{text}")
        return unix_port.run(script)

    if writer == "MicroPython":
        assert on_micropython(MAKE).exit_code == 0
        read = run(f"IMAGE = '/image'\n{READ}").lines
    else:
        assert run(f"IMAGE = '/image'\n{MAKE}").code == 0
        read = on_micropython(READ).stdout.splitlines()
    assert read == ["['numbers'] 124750"]


def test_files_of_littlefs_have_the_time_of_the_board(run):
    pytest.importorskip("littlefs", reason="the extra `board` is not installed")
    ran = run(DEVICE + """
import os, time, vfs
device = Device()
vfs.VfsLfs2.mkfs(device)
os.mount(device, '/d')
time.sleep(100)
open('/d/a', 'w').close()
print(os.stat('/d/a')[8] - time.time(), time.localtime(os.stat('/d/a')[8])[:3])
""", kind="esp32")
    assert ran.lines == ["0 (2021, 1, 1)"]


def test_a_device_without_a_file_system_is_told_with_what_makes_one(run):
    ran = run(DEVICE + """
import os
class Card(Device):
    def readblocks(self, block, buf):
        pass
for device in (Device(), Card()):
    try:
        os.mount(device, '/sd')
    except OSError as e:
        print(e.errno, e)
""")
    said = "19 [Errno 19] no FAT file system is on the device: VfsFat.mkfs(device) makes one"
    assert ran.lines == [said, said]


def test_a_board_without_littlefs_python_mounts_fat_all_the_same(run, monkeypatch):
    monkeypatch.setitem(sys.modules, "littlefs", None)
    ran = run(DEVICE + """
import os
device = Device()
os.VfsFat.mkfs(device)
os.mount(device, '/sd')
print(os.listdir('/sd'))
""")
    assert ran.lines == ["[]"]


def test_execfile_and_a_root_of_the_applications_own(run):
    ran = run("""
import io, os
class FS:
    def mount(self, readonly, mkfs):
        pass
    def open(self, path, mode):
        return io.BytesIO(b'print("from", %r)' % path) if mode == 'rb' else io.StringIO(path + '\\n')
    def stat(self, path):
        return (0x8000, 0, 0, 0, 0, 0, 0, 0, 0, 0)
os.umount('/')
try:
    open('/main.py')
except OSError as e:
    print(e)
os.mount(FS(), '/')
execfile('/boot.py')
print(open('any').read(), end='')
""")
    assert ran.lines == ["[Errno 19] ENODEV", "from /boot.py", "any"]
