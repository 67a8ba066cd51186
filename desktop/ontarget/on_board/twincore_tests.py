"""Runs tests on a target and tells the host, in one line each, how they ended. MicroPython imports it, and so does the
simulated board; see `..boots` for the host's side.

Each line begins with a word that the host has chosen, so that nothing a test prints is taken for a result.
"""

import gc
import io
import json
import sys
import time

RP2 = sys.platform == "rp2"
LONGEST = 300  # characters of a value that a failed assertion shows
_kept = [None, None]


def run(word, load, cases):
    """Call the tests of the module that `load` imports in turn: (name, whether it is async, arguments) each.

    After a test that failed or left core 1 busy it ends: the tests that follow need a fresh start.
    """
    loaded, result = _loaded(load)
    if loaded is not None:
        print(word, "begins")
    for name, is_async, arguments in cases:
        if loaded is not None:
            result = _one(loaded, name, is_async, arguments)
        gc.collect()
        result["busy"] = RP2 and _core1_is_busy()
        sys.stdout.write("\n" + word + " " + json.dumps(result) + "\n")
        if RP2:
            time.sleep_ms(5)  # lets the console send it: a test that blocks the core would keep the rest of the line
        if result["outcome"] == "failed" or result["busy"] or loaded is None:
            sys.exit()
    if hasattr(loaded, "teardown_module"):
        loaded.teardown_module()


def _loaded(load):
    """(the module, None), or (None, the result of every test in it)."""
    try:
        module = load()
        if hasattr(module, "setup_module"):
            module.setup_module()
        return module, None
    except BaseException as error:
        result = _ended(error, 0, None)
        result["whole"] = True
        return None, result


def _one(module, name, is_async, arguments):
    """Call one test; return what to tell."""
    owner, function, marks = _find(module, name)
    if function is None:
        return {"outcome": "skipped", "text": "there is no " + name + " on this target", "ms": 0}
    expected = None
    for kind, condition, reason, strict in marks:
        if kind == "xfail" and condition:
            expected = (reason, strict)
        elif condition:
            return {"outcome": "skipped", "text": reason, "ms": 0}
    _fresh_loops()
    start = time.ticks_ms()
    error = None
    try:
        _call(owner, "setup_method", module, "setup_function")
        try:
            made = function(**arguments)
            if is_async:
                from twincore import core

                core.run(made)
        finally:
            _call(owner, "teardown_method", module, "teardown_function")
    except BaseException as caught:
        error = caught
    return _ended(error, time.ticks_diff(time.ticks_ms(), start), expected)


def _find(module, name):
    """(the instance, for a method, else None; the function to call; the marks of it)."""
    shim = sys.modules.get("pytest")
    marked = shim.marked if shim else ()
    owner_name, _, method = name.rpartition("::")
    if not owner_name:
        function = getattr(module, name, None)
        return None, function, [mark for it, mark in marked if it is function]
    kind = getattr(module, owner_name, None)
    function = getattr(kind, method, None)
    if function is None:
        return None, None, ()
    marks = [mark for it, mark in marked if it is kind or it is function]
    owner = kind()
    return owner, getattr(owner, method), marks


def _call(owner, method, module, function):
    if owner is None:
        if hasattr(module, function):
            getattr(module, function)()
    elif hasattr(owner, method):
        getattr(owner, method)()


def _fresh_loops():
    """A loop without what the test before may have left in it, of ours and of the firmware's own asyncio."""
    for name in ("twincore.core", "asyncio"):
        module = sys.modules.get(name)
        if module is not None and hasattr(module, "new_event_loop"):
            module.new_event_loop()


def _ended(error, ms, expected):
    """What to tell of a test that ended with `error`, None if without; `expected`: (reason, strict) of its xfail."""
    result = {"outcome": "passed", "text": "", "ms": ms}
    shim = sys.modules.get("pytest")
    if error is None:
        if expected:
            result["outcome"] = "failed" if expected[1] else "xpassed"
            result["text"] = "expected to fail, and passed: " + expected[0]
    elif shim and isinstance(error, shim.Skipped):
        result["outcome"] = "skipped"
        result["text"] = str(error)
    elif isinstance(error, KeyboardInterrupt):
        result["outcome"] = "failed"
        result["text"] = _traceback(error) + _waiting_tasks()
        result["interrupted"] = True
    elif expected or (shim and isinstance(error, shim.XFailed)):
        result["outcome"] = "xfailed"
        result["text"] = expected[0] if expected else str(error)
    else:
        result["outcome"] = "failed"
        result["text"] = _traceback(error)
    return result


def _traceback(error):
    text = io.StringIO()
    sys.print_exception(error, text)
    return text.getvalue()


def _waiting_tasks():
    """What each task waits for, if there are any: an interrupted loop still has them."""
    if "twincore.core" not in sys.modules:
        return ""
    try:
        from twincore.core.task_list import listing, tasks

        return "\n" + listing() + "\n" if tasks() else ""
    except MemoryError:
        return ""


def _core1_is_busy():
    """Whether core 1 still runs what a test started there, having had time to end it."""
    import _thread

    for _ in range(100):
        try:
            _thread.start_new_thread(gc.mem_free, ())
            return False
        except OSError:
            time.sleep_ms(2)
    return True


# What the assertions of a test become calls of: see `..asserts`.


def keep(slot, value):
    """Note a side of an assertion at a module's top level, where a name for it would be a new global."""
    _kept[slot] = value
    return value


def kept(operator, message=None):
    """As `said`, of what was noted."""
    return said(operator, _kept[0], _kept[1], message)


def said(operator, left, right, message=None):
    """What a failed assertion says: both sides of a comparison, or what was not true."""
    if operator in ("", "not"):
        text = (operator + " " if operator else "") + _shown(left)
    else:
        text = _shown(left) + " " + operator + " " + _shown(right)
    return "assert " + text if message is None else str(message) + "\nassert " + text


def _shown(value):
    try:
        text = repr(value)
    except Exception as error:
        return "<its repr raises " + type(error).__name__ + ">"
    return text if len(text) <= LONGEST else text[:LONGEST] + "..."
