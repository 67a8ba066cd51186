"""The host's side of a test that runs elsewhere: how it is called there, and how its result comes back.

`tests/conftest.py` decides what runs where; `tests/portable/` is what MicroPython sees.
"""

import ast
import codecs
import collections
import contextlib
import hashlib
import json
import linecache
import os
import re
import secrets
import signal
import subprocess
import tempfile
import threading
from collections import namedtuple
from pathlib import Path

HERE = Path(__file__).parent
PORTABLE = HERE / "portable"
ITS_PYTEST = HERE.parent / "desktop" / "ontarget" / "on_board"  # `pytest` on MicroPython: that of `twincore test`
FOLDERS = ("core", "threadsafe", "primitives", "drivers", "offload")
VERSION = os.environ.get("TWINCORE_MICROPYTHON")  # the targets of another version of MicroPython, such as 1.26
TARGETS = {"unix": "micropython", "rp2040": "rp2040"}
if VERSION:
    TARGETS = {variant: f"{target}-{VERSION}" for variant, target in TARGETS.items()}


class CannotBeSent(ValueError):
    """An argument of a test has no meaning on MicroPython."""


Result = namedtuple("Result", "outcome text output")  # outcome: passed, failed, skipped


class Variant(namedtuple("Variant", "name seed jitter")):
    """Where a test runs: plain, compiled (both on CPython), unix (MicroPython here), rp2040 (the emulated board)."""

    remote = property(lambda self: self.name in ("unix", "rp2040"))
    target = property(lambda self: TARGETS.get(self.name))

    def __str__(self):
        return f"{self.name}-seed{self.seed}" if self.name == "rp2040" else self.name


def literal(value):
    """`value` as source text that MicroPython evaluates to the same value."""
    if isinstance(value, type) and value.__module__ == "builtins":
        return value.__name__
    if type(value) is float and repr(value) in ("nan", "inf", "-inf"):
        return f"float({str(value)!r})"
    if type(value) in (list, tuple):
        inside = ", ".join(map(literal, value))
        return f"[{inside}]" if type(value) is list else f"({inside},)" if value else "()"
    if type(value) is dict:
        return "{" + ", ".join(f"{literal(k)}: {literal(v)}" for k, v in value.items()) + "}"
    try:
        if ast.literal_eval(repr(value)) == value:
            return repr(value)
    except (ValueError, SyntaxError):
        pass
    raise CannotBeSent(f"{value!r} cannot be sent to MicroPython: parametrize with literals, or mark the test cpython")


def call_text(item, variant, secret):
    """The Python line that runs a test item through `portable/shim/runner.py`."""
    given = dict(item.callspec.params)
    arguments = []
    for name in item._fixtureinfo.argnames:
        if name in FOLDERS:
            arguments.append(f"{name}=library({name!r})")
        elif name == "variant":
            arguments.append(f"variant={variant.name!r}")
        elif name in given:
            arguments.append(f"{name}={literal(given[name])}")
        else:
            raise CannotBeSent(f"the fixture {name!r} does not exist on MicroPython: mark the test cpython")
    test = f"{secret!r}, {item.path.stem!r}, {item.originalname!r}"
    return f"runner.run_test({test}, lambda library: dict({', '.join(arguments)}))"


def find_result(secret, output):
    """(what was printed before, the result, what was printed after) of the result line; None if there is none."""
    found = re.search(rf"\n?^{secret} (\{{.*\}})\r?\n", output, re.MULTILINE)
    if found is None:
        return None
    return output[: found.start()], json.loads(found[1]), output[found.end() :]


def with_source(trace, files):
    """A MicroPython traceback with the source line under each place, as CPython prints it."""
    lines, source = [], ""
    for line in trace.replace("\r", "").splitlines():
        if line == "AssertionError: ":
            line = f"AssertionError: {source}"  # MicroPython says no more
        lines.append(line)
        place = re.match(r'\s*File "(.+)", line (\d+)', line)
        if place:
            source = linecache.getline(str(files.get(place[1], place[1])), int(place[2])).strip()
            lines += [f"    {source}"] if source else []
    return "\n".join(lines)


def run_on_unix(item, variant, limit):
    """Run one test item in a MicroPython process of its own."""
    from twincore.desktop.targets import staging

    library, binary = staging.linked_library(), find_target(variant.target)[0].interpreter
    secret = secrets.token_hex(8)
    script = f"import runner; {call_text(item, variant, secret)}"
    path = [library, ITS_PYTEST, PORTABLE / "shim", PORTABLE, item.path.parent, ".frozen"]
    process = subprocess.Popen(
        [*binary, "-c", script],
        cwd=PORTABLE,
        env={**os.environ, "MICROPYPATH": ":".join(map(str, path))},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    late = ""
    try:
        try:
            output, _ = process.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            late = f"no result after {limit:.3g} s"
            process.send_signal(signal.SIGINT)  # its KeyboardInterrupt shows where the test hangs
            try:
                output, _ = process.communicate(timeout=0.5)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                output, _ = process.communicate()
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    output = output.decode(errors="replace")
    found = find_result(secret, output)
    if found is None:
        how = late or f"MicroPython ended without a result, exit code {process.returncode}"
        return Result("failed", how, output)
    before, told, after = found
    text = with_source(told["text"], {})
    if late:
        return Result("failed", f"{late}; it was here:\n{text}", before + after)
    if told["outcome"] == "passed" and process.returncode:
        return Result("failed", f"passed, then exit code {process.returncode}", before + after)
    return Result(told["outcome"], text, before + after)


# What the emulator's exit codes mean.
EXITS = {70: "deadlock: both cores asleep and no alarm pending", 71: "the board did not boot"}


class Boot:
    """One boot of the emulated board, on which tests of one file run, one after another.

    The board runs ahead while pytest reports; each item waits for its own result line. A test that fails, hangs, or
    leaves core 1 busy is the last on its board: the tests after it get a new boot, so that one fault is one failure.
    Without a thread of this process until the first result is asked for: other tests may count threads until then.
    """

    def __init__(self, items, variant):
        from twincore.desktop.emulation import builds, emulator

        # The same each time, since it is in the board's memory, and what is there decides how the cores interleave.
        self.waiting = {item.nodeid: hashlib.sha256(item.nodeid.encode()).hexdigest()[:16] for item in items}
        self.reported = []  # what ran on this board before can matter to a failure
        self.output, self.ended, self.changed = "", False, threading.Condition()
        self.closed = False
        calls = [call_text(item, variant, self.waiting[item.nodeid]) for item in items]
        with contextlib.ExitStack() as stack:
            script = Path(stack.enter_context(tempfile.TemporaryDirectory()), "run_tests.py")
            script.write_text("\n".join(["import runner", *calls]))
            options = {"seed": variant.seed, "jitter": variant.jitter, "build": builds.of_target(variant.target)}
            board = emulator.session(script, files=self.files_for(items[0]), **options)
            command = stack.enter_context(board).command
            self.process = subprocess.Popen(
                command.arguments,
                env={**os.environ, **command.environment},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            self.resources = stack.pop_all()
        self.reader = None

    def files_for(self, item):
        """The test file and what it imports, compiled for the board; tracebacks name them as `self.sources` does.

        And, as they are, the files of the folder beside it that its mark names: `rp2040(files="folder")`.
        """
        from twincore.desktop.emulation import image

        modules = (item.path, *PORTABLE.glob("*.py"), ITS_PYTEST / "pytest.py", PORTABLE / "shim" / "runner.py")
        self.sources = {os.path.relpath(module): module for module in modules}
        files = {module.stem + ".mpy": image.compiled(name, module) for name, module in self.sources.items()}
        folder = item.get_closest_marker("rp2040").kwargs.get("files")
        if folder:
            files |= {f"{folder}/{file.name}": file for file in sorted((item.path.parent / folder).iterdir())}
        return files

    def read(self):
        decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        while data := os.read(self.process.stdout.fileno(), 65536):
            with self.changed:
                self.output += decode(data)
                self.changed.notify()
        self.process.wait()
        with self.changed:
            self.ended = True
            self.changed.notify()

    def wait(self, secret, seconds):
        """What `find_result` gives, as soon as it is there; None when the time is up or the board has stopped."""
        with self.changed:
            self.changed.wait_for(lambda: self.ended or find_result(secret, self.output), seconds)
            found = find_result(secret, self.output)
            if found:
                self.output = found[2]
            return found

    def result(self, item, limit):
        """The item's result. The boot is closed if nothing more should run on it."""
        if self.reader is None:
            self.reader = threading.Thread(target=self.read, daemon=True)
            self.reader.start()
        secret = self.waiting.pop(item.nodeid)
        found, late = self.wait(secret, limit), ""
        if found is None and not self.ended:
            late = f"no result after {limit:.3g} s"
            self.process.send_signal(signal.SIGINT)  # types Ctrl-C into the board: shows where the test hangs
            found = self.wait(secret, min(2.0, 0.2 * limit))
        before = f"; before it on this board: {', '.join(self.reported)}" if self.reported else ""
        self.reported.append(item.name.partition("[")[0])
        if found is None:
            self.close()
            code = self.process.returncode
            how = late or EXITS.get(code, f"the board ended without a result, exit code {code}")
            return Result("failed", how + before, self.output.replace(f"{how}\n", ""))
        output, told, _ = found
        text = with_source(told["text"], self.sources)
        if told["outcome"] == "failed" or told["core1_busy"]:
            self.close()
        if late:
            return Result("failed", f"{late}{before}; it was here:\n{text}", output)
        return Result(told["outcome"], text, output)

    def close(self):
        self.closed = True
        if self.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):  # the reader reaps it just now, which `poll` does not see
                os.killpg(self.process.pid, signal.SIGKILL)
        if self.reader is not None:
            self.reader.join()
        self.process.wait()
        self.process.stdout.close()
        self.resources.close()


class Boards:
    """The boots, as collection has sorted the tests: that whose results are reported, and those to come next.

    With a CPU to spare one of those that come runs in the background, at a lower priority, while this process is at
    tests of its own. What it prints waits in its pipe. `find_boots(item)` yields the (variant, items) of the boot that
    begins with this item, and of those that follow.
    """

    AHEAD = 4  # boots that wait to be reported; one of them runs

    def __init__(self, find_boots, spare=None):
        self.find_boots = find_boots
        self.spare = len(os.sched_getaffinity(0)) > 1 if spare is None else spare
        self.boot = None
        self.ahead = collections.deque()
        self.to_come = iter(())

    def run(self, item, limit):
        if self.boot is None or item.nodeid not in self.boot.waiting or self.boot.closed:
            self.next_boot(item)
        return self.boot.result(item, limit)

    def next_boot(self, item):
        """The boot that has this item, whether it runs already or not."""
        if self.boot is not None:
            self.boot.close()
            self.boot = None
        if any(item.nodeid in boot.waiting for boot in self.ahead):
            while item.nodeid not in self.ahead[0].waiting:
                self.ahead.popleft().close()  # what was to run on it was not, after all
            self.boot = self.ahead.popleft()
        else:  # the first, or a boot before ended early
            boots = self.find_boots(item)
            variant, items = next(boots)
            self.boot = Boot(items, variant)
            if not self.ahead:
                self.to_come = boots
        self.look_ahead()

    def look_ahead(self):
        """Between two tests: start what comes next, if nothing of that runs."""
        if not self.spare or len(self.ahead) >= self.AHEAD or (self.ahead and self.ahead[-1].process.poll() is None):
            return
        for variant, items in self.to_come:
            try:
                boot = Boot(items, variant)
            except (CannotBeSent, OSError):  # it will be told when it is that item's turn
                self.to_come = iter(())
                return
            os.setpriority(os.PRIO_PROCESS, boot.process.pid, 10)
            self.ahead.append(boot)
            return

    def close(self):
        while self.ahead:
            self.ahead.pop().close()
        if self.boot is not None:
            self.boot.close()
            self.boot = None


def find_target(name):
    """(where the target is, None), or (None, why it is missing)."""
    try:
        from twincore.desktop import targets
    except ImportError as error:
        return None, str(error)
    missing = targets.reason_missing(name)
    return (None, missing) if missing else (targets.find(name), None)


def stale(compilable):
    """Names of compiled modules whose extension is older than its source."""
    old = []
    for module, folder, stem in compilable:
        twin = ".py" if not Path(folder, stem + ".pyx").exists() else ".pyx"  # what it is built from
        sources = [p for p in Path(folder).glob(stem + ".p*") if p.suffix in (twin, ".pxd")]
        built = [p for p in Path(folder).glob(stem + ".*") if p.suffix in (".so", ".pyd")]
        if built and max(p.stat().st_mtime for p in sources) > max(p.stat().st_mtime for p in built):
            old.append(module)
    return old


def why_not_compiled():
    """Why the `compiled` variant cannot be tested, in one line; None if it can."""
    from twincore import core
    from twincore.core import _variant

    if os.environ.get("TWINCORE_PURE") == "1":
        return "TWINCORE_PURE=1"
    missing, old = _variant.not_compiled(), stale(_variant.compilable())
    if missing:
        return f"{len(missing)} modules are not compiled, first {missing[0]} (pip install -e . builds them)"
    if old:
        return f"older than its source: {', '.join(old)} (pip install -e . builds it)"
    if not getattr(core, "compiled", False):
        return "twincore.core.compiled is false"
    return None
