"""What a board executes for a deployment: a few functions, sent once into its raw REPL.

All they do can be done again after an interruption: `t_switch` goes through a journal of steps, and a step that was
done already, or half done, ends the same.
"""

BLOCK = 2048  # bytes of a file that travel in one piece

# A step moves `source` to `path`; what was at `path` goes to `aside`, or is removed if there is no `aside`. Without a
# source, `path` only goes. A source that is not there any more has been moved: the step was done. Between its two
# moves the source is still there and `path` is not: the rest is done then. FAT does not rename onto what exists, so
# nothing here does.
AGENT = """\
import os
from binascii import a2b_base64, b2a_base64, hexlify
try:
    from hashlib import sha256
except ImportError:
    sha256 = None
t_buffer = memoryview(bytearray(512))

def t_size(path):
    try:
        stat = os.stat(path)
    except OSError:
        return -1
    return -2 if stat[0] & 0x4000 else stat[6]

def t_digest(path):
    if not sha256:
        return "?"
    digest = sha256()
    with open(path, "rb") as file:
        while True:
            n = file.readinto(t_buffer)
            if not n:
                return hexlify(digest.digest()[:16]).decode()
            digest.update(t_buffer[:n])

def t_report(paths):
    for path in paths:
        size = t_size(path)
        print(size, t_digest(path) if size >= 0 else "")

def t_folders(path):
    at = path.find("/", 1)
    while at > 0:
        if t_size(path[:at]) == -1:
            os.mkdir(path[:at])
        at = path.find("/", at + 1)

def t_put(path, data, first, name):
    if first:
        t_folders(path)
    with open(path, "wb" if first else "ab") as file:
        file.write(a2b_base64(data))
    if name:
        if t_size(name) >= 0:
            os.remove(name)
        os.rename(path, name)
        print(t_digest(name))

def t_read(path):
    if t_size(path) >= 0:
        with open(path, "rb") as file:
            while True:
                data = file.read(384)
                if not data:
                    break
                print(b2a_base64(data).decode().strip())

def t_tree(folder):
    if t_size(folder) == -2:
        for entry in os.ilistdir(folder):
            path = folder + "/" + entry[0]
            if entry[1] & 0x4000:
                t_tree(path)
            else:
                print(t_size(path), path)

def t_drop(path):
    if t_size(path) == -2:
        for entry in list(os.ilistdir(path)):
            t_drop(path + "/" + entry[0])
        os.rmdir(path)
    elif t_size(path) >= 0:
        os.remove(path)

def t_keep(folder, names):
    if t_size(folder) == -2:
        for entry in list(os.ilistdir(folder)):
            if entry[0] not in names:
                t_drop(folder + "/" + entry[0])

def t_step(source, path, aside):
    if source and t_size(source) < 0:
        return
    if t_size(path) >= 0:
        if aside:
            if t_size(aside) >= 0:
                os.remove(aside)
            t_folders(aside)
            os.rename(path, aside)
        else:
            os.remove(path)
    if source:
        t_folders(path)
        os.rename(source, path)
    else:
        at = path.rfind("/")
        while at > 0:
            try:
                os.rmdir(path[:at])
            except OSError:
                return
            at = path.rfind("/", 0, at)

def t_switch(journal):
    with open(journal) as file:
        for line in file:
            t_step(*line[:-1].split("\\t"))
            print(".", end="")
    os.remove(journal)
"""
