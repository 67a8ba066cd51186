"""Runs one test on MicroPython and tells the host, in one line, how it ended.

The line begins with a word that only this run knows, so nothing a test prints is taken for a result.
"""

import gc
import io
import json
import sys

import pytest


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
    sys.stdout.write(f"\n{secret} {json.dumps(result)}\n")
