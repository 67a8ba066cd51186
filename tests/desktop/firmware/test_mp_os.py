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
print(os.uname().sysname, os.uname()[4], len(os.urandom(4)), hasattr(os, 'environ'), hasattr(os, 'dupterm'))
""")
    assert ran.lines == [
        "/d ['f'] 3 [('f', 32768, 0, 3)]",
        "[Errno 2] ENOENT",
        "rp2 Raspberry Pi Pico with RP2040 4 False False",
    ]
    assert not (tmp_path / "d").exists()
