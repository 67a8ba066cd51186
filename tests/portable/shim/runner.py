"""Runs one test on MicroPython and tells the host, in one line, how it ended.

The line begins with a word that only this run knows, so nothing a test prints is taken for a result.
"""

import _thread
import gc
import io
import json
import sys
import time

import pytest

RP2 = sys.platform == "rp2"


def core1_is_busy():
    """Whether core 1 still runs what a test started there, having had time to end it."""
    for _ in range(100):
        try:
            _thread.start_new_thread(gc.mem_free, ())
            return False
        except OSError:
            time.sleep_ms(2)
    return True


def library(folder):
    name = "twincore." + folder
    __import__(name)
    return sys.modules[name]


def run_test(secret, module, name, arguments):
    """Call `name` of `module` with what `arguments(library)` gives, and print its result line."""
    result = {"outcome": "passed", "text": ""}
    try:
        __import__(module)
        test = getattr(sys.modules[module], name)
        test(**arguments(library))
    except pytest.Skipped as skipped:
        result["outcome"] = "skipped"
        result["text"] = str(skipped)
    except BaseException as error:
        text = io.StringIO()
        sys.print_exception(error, text)
        result["outcome"] = "failed"
        result["text"] = text.getvalue()
    gc.collect()
    busy = result["core1_busy"] = RP2 and core1_is_busy()
    sys.stdout.write(f"\n{secret} {json.dumps(result)}\n")
    if RP2:
        time.sleep_ms(5)  # lets the console send it: a test that blocks the core would keep the rest of the line
    if busy:
        sys.exit()  # the tests after this one need a fresh board
