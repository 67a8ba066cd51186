"""The host's side of a test that runs elsewhere: how it is called there, and how its result comes back.

`tests/conftest.py` decides what runs where; `tests/portable/` is what MicroPython sees.
"""

import ast
import json
import linecache
import os
import re
import secrets
import signal
import subprocess
from collections import namedtuple
from pathlib import Path

HERE = Path(__file__).parent
PORTABLE = HERE / "portable"
FOLDERS = ("core", "threadsafe", "primitives", "drivers", "offload")


class CannotBeSent(ValueError):
    """An argument of a test has no meaning on MicroPython."""


Result = namedtuple("Result", "outcome text output")  # outcome: passed, failed, skipped


class Variant(namedtuple("Variant", "name seed jitter")):
    """Where a test runs: plain, compiled (both on CPython), unix (MicroPython here), rp2040 (the emulated board)."""

    remote = property(lambda self: self.name in ("unix", "rp2040"))
    target = property(lambda self: {"unix": "micropython", "rp2040": "rp2040"}.get(self.name))

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
    """The result line in `output`, taken out of it; None if there is none."""
    found = re.search(rf"\n?^{secret} (\{{.*\}})\r?\n?", output, re.MULTILINE)
    if found is None:
        return None
    told = json.loads(found[1])
    return Result(told["outcome"], told["text"], output[: found.start()] + output[found.end() :])


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
    from twincore.desktop import staging

    library, binary = staging.linked_library(), find_target("micropython")[0].executable
    secret = secrets.token_hex(8)
    script = f"import runner; {call_text(item, variant, secret)}"
    path = [library, PORTABLE / "shim", PORTABLE, item.path.parent, ".frozen"]
    process = subprocess.Popen(
        [str(binary), "-c", script],
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
    result = find_result(secret, output)
    if result is None:
        how = late or f"MicroPython ended without a result, exit code {process.returncode}"
        return Result("failed", how, output)
    text = with_source(result.text, {})
    if late:
        return Result("failed", f"{late}; it was here:\n{text}", result.output)
    if result.outcome == "passed" and process.returncode:
        return Result("failed", f"passed, then exit code {process.returncode}", result.output)
    return Result(result.outcome, text, result.output)


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
        sources = [p for p in Path(folder).glob(stem + ".p*") if p.suffix in (".py", ".pyx", ".pxd")]
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
        return f"not compiled: {', '.join(missing)} (pip install -e . builds them)"
    if old:
        return f"older than its source: {', '.join(old)} (pip install -e . builds it)"
    if not getattr(core, "compiled", False):
        return "twincore.core.compiled is false"
    return None
