"""`os`: the board's files and its name."""


def test_files_and_name(run, tmp_path):
    ran = run("""
import os
os.mkdir('d')
os.chdir('/d')
with open('f', 'w') as f:
    f.write('abc')
print(os.getcwd(), os.listdir(), os.stat('f')[6], list(os.ilistdir('/d')))
os.rename('f', '/d/g')
os.remove('/d/g')
try:
    os.stat('g')
except OSError as e:
    print(e)
os.chdir('/')
os.rmdir('d')
print(os.uname().sysname, os.uname()[4], len(os.urandom(4)), hasattr(os, 'environ'))
""")
    assert ran.lines == [
        "/d ['f'] 3 [('f', 32768, 0, 3)]",
        "[Errno 2] ENOENT",
        "rp2 Raspberry Pi Pico with RP2040 4 False",
    ]
    assert not (tmp_path / "d").exists()


def test_what_is_printed_goes_to_a_second_stream_too(run):
    ran = run("""
import io, os, sys
class Capture(io.IOBase):
    def __init__(self):
        self.data = b''
    def write(self, data):
        self.data += data
        return len(data)
    def readinto(self, buf):
        return None
class Broken(Capture):
    def write(self, data):
        raise OSError(5)
capture = Capture()
print(os.dupterm(capture))
print('both')
sys.stdout.write('ways')
print(os.dupterm(None) is capture)
print('alone', capture.data)
os.dupterm(Broken())
print('on')
print('off')
for wrong in (lambda: os.dupterm(3), lambda: os.dupterm(None, 1)):
    try:
        wrong()
    except (TypeError, ValueError) as e:
        print(e)
""")
    assert ran.lines == [
        "None",
        "both",
        "waysTrue",
        "alone b'None\\r\\nboth\\r\\nways'",
        "on",
        "dupterm: Exception in write() method, deactivating: OSError(5)",
        "off",
        "dupterm takes a stream or None, not int",
        "invalid dupterm index 1: there is 0",
    ]
