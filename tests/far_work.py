"""Functions for the far side of an executor: another process finds them by the name of this module."""

import os
import signal
import threading
import time


class Unpicklable(Exception):
    """One that is not pickled, for the lock it holds."""

    def __init__(self, text):
        super().__init__(text)
        self.handle = threading.Lock()


class TwoArguments(Exception):
    """One that is pickled, but not loaded: it is made with one argument then."""

    def __init__(self, code, text):
        super().__init__(f"{code}: {text}")


class Stubborn:
    """An argument that can't be loaded."""

    def __reduce__(self):
        return _refuse, ()


def _refuse():
    raise OSError("not here")


def pid(*_):
    return os.getpid()


def give(value):
    return value


def fail(error, *args):
    raise error(*args)


def fail_by_name(name, *args):
    fail(globals()[name], *args)


def give_lambda():
    return lambda: None


def leave(code):
    os._exit(code)


def die():
    os.kill(os.getpid(), signal.SIGKILL)


def say_and_wait(path, seconds=60):
    """Write the process's number to `path`, a FIFO or a file; then be busy."""
    with open(path, "w") as file:
        file.write(str(os.getpid()))
    time.sleep(seconds)


def wait_for_word(path):
    """Until somebody writes to the FIFO `path`; what was written."""
    with open(path) as file:
        return file.read()


def wait_and_die(path):
    wait_for_word(path)
    die()


def die_the_first_time(path):
    """Kill this process if there is no file `path`, else say so."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return "ran again"
    die()


def ask(library, name):
    """Call a function of offload that is for the threads of a pool."""
    module = __import__(library + ".offload", None, None, ("offload",))
    if name == "from_thread":
        return module.from_thread.run_sync(int)
    return getattr(module, name)()


def has_ended(pid):
    """Whether that process has ended; waits for it up to 5 s."""
    start = time.monotonic()
    while time.monotonic() - start < 5:
        try:
            with open(f"/proc/{pid}/stat") as file:
                if file.read().rpartition(")")[2].split()[0] == "Z":
                    return True
        except FileNotFoundError:
            return True
        time.sleep(0.01)
    return False
