"""twincore.threadsafe: what another thread, or core 1, sends arrives, all of it and in order."""

import _thread

from twincore import core
from twincore.threadsafe import Message, ThreadSafeEvent, ThreadSafeQueue

COUNT = 200


async def test_items_of_another_thread_arrive_in_order():
    queue = ThreadSafeQueue(8)

    def produce():
        for n in range(COUNT):
            queue.put_sync(n, block=True)

    _thread.start_new_thread(produce, ())
    for n in range(COUNT):
        assert await queue.get() == n


async def test_items_go_there_and_back():
    there, back = ThreadSafeQueue(1), ThreadSafeQueue(1)

    def echo():
        for _ in range(50):
            back.put_sync(there.get_sync(block=True) + 1, block=True)

    _thread.start_new_thread(echo, ())
    for n in range(50):
        await there.put(n)
        assert await back.get() == n + 1


async def test_an_event_and_a_message_cross_over():
    begun, latest = ThreadSafeEvent(), Message()

    def other():
        begun.wait_sync()
        latest.set("done")

    _thread.start_new_thread(other, ())
    await core.sleep_ms(5)
    begun.set()
    assert await latest.wait() == "done"
