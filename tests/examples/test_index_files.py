"""examples/index_files.py: what it writes is compared with what hashlib, os.walk and splitlines say."""

import hashlib
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

pytest.importorskip("rich")

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "index_files.py"


def command(*args):
    return [sys.executable, str(EXAMPLE), *map(str, args)]


def index(*args):
    return subprocess.run(command(*args), capture_output=True, text=True, timeout=100)


def rows(database):
    with closing(sqlite3.connect(database)) as connection:
        connection.text_factory = os.fsdecode
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        found = connection.execute("SELECT path, sha256, lines, bytes, error FROM indexed_files").fetchall()
    assert not Path(f"{database}-journal").exists()
    return {path: rest for path, *rest in found}


def expected(root):
    """The same, computed in another way; links left out."""
    found = {}
    for folder, _, names in os.walk(root):
        for name in names:
            path = os.path.join(folder, name)
            if not os.path.islink(path) and os.path.isfile(path):
                content = Path(path).read_bytes()
                lines = len(content.split(b"\n")) - (content.endswith(b"\n") or not content)
                found[path] = [hashlib.sha256(content).hexdigest(), lines, len(content), None]
    return found


@pytest.fixture
def tree(tmp_path):
    root = tmp_path / "tree"
    (root / "a" / "deep" / "er").mkdir(parents=True)
    (root / "empty folder").mkdir()
    (root / "empty").write_bytes(b"")
    (root / "one line").write_bytes(b"no newline at its end")
    (root / "a" / "three").write_bytes(b"1\n2\n3\n")
    (root / "a" / "deep" / "returns").write_bytes(b"a\rb\r\nc")
    (root / "a" / "deep" / "er" / "not utf-8").write_bytes(bytes(range(256)) * 5)
    (root / "a" / "deep" / "er" / "large").write_bytes(b"x" * (1 << 20) + b"\n" + b"y" * 4321)
    for number in range(100):
        (root / "a" / f"{number}.txt").write_text("line\n" * number)
    return root


def test_the_index_holds_each_file_with_its_hash_lines_and_size(tree, tmp_path):
    database = tmp_path / "index.sqlite"
    done = index(tree, "--db", database, "--workers", 3)
    assert (done.returncode, done.stderr) == (0, "")
    assert rows(database) == expected(tree)
    assert "106" in done.stdout.split()


def test_running_it_again_starts_the_index_anew(tree, tmp_path):
    database = tmp_path / "index.sqlite"
    assert index(tree, "--db", database).returncode == 0
    (tree / "empty").unlink()
    (tree / "one line").write_text("two\nlines\n")
    assert index(tree, "--db", database).returncode == 0
    assert rows(database) == expected(tree)


def test_other_tables_of_the_database_are_left_alone(tree, tmp_path):
    database = tmp_path / "index.sqlite"
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("CREATE TABLE files (precious)")
        connection.execute("INSERT INTO files VALUES (42)")
    assert index(tree, "--db", database).returncode == 0
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("SELECT * FROM files").fetchall() == [(42,)]


def test_an_index_inside_the_tree_does_not_list_itself(tree):
    database = tree / "index.sqlite"
    before = expected(tree)
    assert index(tree, "--db", database).returncode == 0
    assert rows(database) == before


def test_symbolic_links_are_not_followed(tree, tmp_path):
    (tree / "a" / "loop").symlink_to(tree)
    (tree / "link").symlink_to("empty")
    (tree / "dangling").symlink_to("nowhere")
    os.mkfifo(tree / "pipe")  # to open it would block
    done = index(tree, "--db", tmp_path / "index.sqlite")
    assert done.returncode == 0
    assert rows(tmp_path / "index.sqlite") == expected(tree)


def test_a_name_that_is_no_valid_text_is_stored_as_the_file_system_has_it(tree, tmp_path):
    try:
        Path(os.fsdecode(os.fsencode(tree) + b"/caf\xe9")).write_text("ol\xe9\n")
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    assert index(tree, "--db", tmp_path / "index.sqlite").returncode == 0
    assert rows(tmp_path / "index.sqlite") == expected(tree)


def index_patched(patch, *args):
    """Run the example after `patch`, in which `before(function, hook)` calls `hook(path)` before each call."""
    script = (
        "import builtins, os, runpy, sys\n"
        "def before(function, hook):\n"
        "    return lambda path, *args, **kwargs: (hook(path), function(path, *args, **kwargs))[1]\n"
        f"{patch}\n"
        "runpy.run_path(sys.argv.pop(1), run_name='__main__')\n"
    )
    command = [sys.executable, "-c", script, EXAMPLE, *args]
    return subprocess.run(command, capture_output=True, text=True, timeout=100)


DENY = """
def deny(path):  # root, as whom the tests may run, could read everything
    if str(path).endswith(("/deep", "/three")):
        raise PermissionError(13, "Permission denied", path)
os.scandir, builtins.open = before(os.scandir, deny), before(open, deny)
"""
VANISH = """
def vanish(path):
    if str(path).endswith("/three"):
        os.unlink(path)
builtins.open = before(open, vanish)
"""


def test_what_cannot_be_read_is_listed_and_not_fatal(tree, tmp_path):
    done = index_patched(DENY, tree, "--db", tmp_path / "index.sqlite")
    assert (done.returncode, done.stderr) == (0, "")
    found = rows(tmp_path / "index.sqlite")
    for path in (tree / "a" / "three", tree / "a" / "deep"):
        error = f"[Errno 13] Permission denied: '{path}'"
        assert found.pop(str(path)) == [None, None, None, error]
        assert f"unreadable: {error}" in done.stdout
    assert found == {path: row for path, row in expected(tree).items() if "deep" not in path and "three" not in path}


def test_a_file_that_vanishes_is_listed_and_not_fatal(tree, tmp_path):
    done = index_patched(VANISH, tree, "--db", tmp_path / "index.sqlite")
    assert (done.returncode, done.stderr) == (0, "")
    found = rows(tmp_path / "index.sqlite")
    path = str(tree / "a" / "three")
    assert found.pop(path) == [None, None, None, f"[Errno 2] No such file or directory: '{path}'"]
    assert found == expected(tree)


def test_a_full_disk_is_reported_and_nobody_hangs(large_tree, tmp_path):
    patch = """
import sqlite3
class Full(sqlite3.Connection):
    def executemany(self, *args):
        raise sqlite3.OperationalError("database or disk is full")
connect = sqlite3.connect
sqlite3.connect = lambda path: connect(path, factory=Full)
"""
    done = index_patched(patch, large_tree, "--db", tmp_path / "index.sqlite")
    assert done.returncode == 1
    assert done.stderr == f"index_files: {tmp_path / 'index.sqlite'}: database or disk is full\n"


@pytest.fixture(scope="module")
def large_tree(tmp_path_factory):
    root = tmp_path_factory.mktemp("large")
    for folder in range(40):
        (root / str(folder)).mkdir()
        for number in range(400):
            (root / str(folder) / str(number)).write_bytes(b"%d\n" % number * number)
    return root


@pytest.mark.parametrize("committed", [0, 1, 2000], ids=["at once", "after a commit", "in the middle"])
def test_ctrl_c_leaves_a_valid_database_and_says_how_much_is_in_it(large_tree, tmp_path, committed):
    database = tmp_path / "index.sqlite"
    process = subprocess.Popen(command(large_tree, "--db", database), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    interrupt_when(process, lambda: count(database) >= committed)
    output, errors = (stream.decode() for stream in process.communicate(timeout=100))
    assert (process.returncode, errors) == (130, ""), output
    found = rows(database)
    assert committed <= len(found) < 16_000
    assert f"Interrupted: {len(found):,} files are indexed in {database}" in output
    whole = expected(large_tree)
    assert all(whole[path] == row for path, row in found.items())
    assert index(large_tree, "--db", database).returncode == 0
    assert rows(database) == whole


def interrupt_when(process, reached):
    """Send SIGINT as soon as that is so. It goes on for moments, and stands still while it is asked."""
    while True:
        process.send_signal(signal.SIGSTOP)
        how = os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
        assert how.si_code == os.CLD_STOPPED, "it ended before it could be interrupted"
        if reached():
            break
        process.send_signal(signal.SIGCONT)
        time.sleep(0.003)
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGCONT)


def count(database):
    """Rows that another process sees; -1 before there is a table."""
    if not database.exists():
        return -1
    with closing(sqlite3.connect(f"file:{database}?mode=ro", timeout=0, uri=True)) as connection:
        try:
            return connection.execute("SELECT count(*) FROM indexed_files").fetchone()[0]
        except sqlite3.OperationalError:  # not created yet, or locked
            return -1


@pytest.mark.parametrize(
    "args, code, message",
    [
        (["no such folder"], 2, "no such folder is not a folder"),
        ([str(EXAMPLE)], 2, "index_files.py is not a folder"),
        ([".", "--workers", "0"], 2, "--workers must be 1 or more"),
        ([".", "--workers", "many"], 2, "argument --workers: invalid int value: 'many'"),
        ([".", "--db", "no such folder/index"], 1, "no such folder/index: unable to open database file"),
        ([".", "--db", "text"], 1, "text: file is not a database"),
        ([".", "--bd", "x"], 2, "unrecognized arguments: --bd x"),
    ],
)
def test_a_wrong_argument_is_answered_in_one_line(args, code, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("text").write_text("This is a text and no database, long enough to be seen as such.\n" * 100)
    done = index(*args)
    assert done.returncode == code
    assert "Traceback" not in done.stderr
    assert done.stderr.rstrip().endswith(message)
    assert Path("text").read_text().startswith("This is a text")


def test_a_database_that_is_in_use_by_another_is_reported(tree, tmp_path):
    database = tmp_path / "index.sqlite"
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        done = index(tree, "--db", database)
    assert done.returncode == 1
    assert done.stderr == f"index_files: {database}: database is locked\n"


def test_help_teaches():
    done = index("--help")
    assert done.returncode == 0
    for word in ("--db FILE", "--workers N", "Ctrl-C", "indexed_files LIMIT 9", "Python's library"):
        assert word in done.stdout


def test_without_rich_one_line_says_how_to_get_it(tmp_path):
    script = (
        "import sys, runpy; sys.modules['rich.progress'] = None; runpy.run_path(sys.argv.pop(1), run_name='__main__')"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, EXAMPLE, tmp_path], capture_output=True, text=True, timeout=100
    )
    assert done.returncode == 1
    assert done.stderr == "index_files: its progress bar needs rich: pip install 'twincore[cli]'\n"
