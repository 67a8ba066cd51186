import subprocess
import sys

IN_A_CALLBACK = """
import gc, signal, sys, time, weakref
from twincore.desktop.interrupts import raise_again_what_is_dropped

class Thing: pass

def dropped(_):
    {action}

raise_again_what_is_dropped()
thing = Thing()
watch = weakref.ref(thing, dropped)
try:
    del thing
    print("goes on", flush=True)
    time.sleep({seconds})
    print("nothing came")
except KeyboardInterrupt:
    print("interrupted")
"""


def said(action, seconds):
    code = IN_A_CALLBACK.format(action=action, seconds=seconds)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=50)
    return done.stdout.split("\n")[:-1], done.stderr


def test_an_interrupt_in_a_callback_comes_again_in_what_waits():
    assert said("signal.raise_signal(signal.SIGINT)", 40) == (["goes on", "interrupted"], "")


def test_another_error_in_a_callback_is_told_as_ever():
    out, err = said("1 / 0", 0)
    assert out == ["goes on", "nothing came"]
    assert err.startswith("Exception ignored in") and "ZeroDivisionError" in err
