"""The core on a port of MicroPython without threads: `_thread` hidden on the unix port, and its stand-ins."""

import pytest

PROGRAM = """
import sys

class Nothing:
    pass

sys.modules["_thread"] = Nothing()  # what is imported from it is not there
from twincore import core
from twincore.threadsafe import Message, ThreadSafeQueue
from twincore.primitives import Delay_ms

async def main():
    queue = ThreadSafeQueue(2)
    done = core.Event()
    delay = Delay_ms(done.set, duration=2)
    delay.trigger()
    queue.put_sync("item")
    print(await queue.get())
    await core.wait_for(done.wait(), 1)
    print("on time")

core.run(main())
"""


@pytest.mark.cpython
def test_all_but_offload_runs_without_threads(tmp_path):
    from twincore.desktop import targets
    from twincore.desktop.targets import unix_port

    if targets.reason_missing("micropython"):
        pytest.skip(targets.reason_missing("micropython"))
    script = tmp_path / "program.py"
    script.write_text(PROGRAM)
    result = unix_port.run(script)
    assert (result.exit_code, result.stdout, result.stderr) == (0, "item\non time\n", "")


@pytest.mark.cpython
def test_a_lock_that_is_taken_is_taken_in_vain():
    from twincore.core.no_threads import allocate_lock, get_ident

    lock = allocate_lock()
    assert lock.acquire() and lock.locked()
    assert not lock.acquire(0)
    lock.release()
    with lock:
        assert lock.locked()
    assert not lock.locked()
    assert get_ident() == get_ident()
