"""What a queue holds its items in: three implementations, one behaviour."""

import pytest

from support import sleep_ms, start_thread, submodule


def store_of(threadsafe, buf):
    """The store that the queue's module has chosen for this variant."""
    return submodule(threadsafe, "store").make(buf)


@pytest.mark.rp2040(seeds=1)
@pytest.mark.parametrize("size", [1, 2, 5])
def test_it_is_first_in_first_out_all_the_way_round(core, threadsafe, size):
    store = store_of(threadsafe, size)
    taken = []
    for n in range(20):
        while not store.put(n):
            taken.append(store.get())
        assert len(store) <= size
    while len(store):
        taken.append(store.get())
    assert taken == list(range(20))
    assert store.get() is submodule(core, "task").PENDING


@pytest.mark.rp2040(seeds=1)
def test_what_does_not_fit_is_refused_and_disturbs_nothing(core, threadsafe):
    store = store_of(threadsafe, 2)
    assert [store.put(n) for n in range(4)] == [True, True, False, False]
    assert [store.get() for _ in range(2)] == [0, 1]
    assert store.get() is submodule(core, "task").PENDING
    assert store.put(9) and store.get() == 9


@pytest.mark.rp2040(seeds=1)
def test_a_get_in_vain_disturbs_nothing(core, threadsafe):
    store = store_of(threadsafe, bytearray(2))
    for n in range(5):
        assert store.get() is submodule(core, "task").PENDING
        assert store.put(n)
        assert len(store) == 1
        assert store.get() == n


@pytest.mark.rp2040(seeds=1)
def test_closed_it_refuses_and_is_drained_when_the_last_item_is_taken(core, threadsafe):
    store = store_of(threadsafe, 2)
    store.put(1)
    assert not store.drained()
    store.close()
    assert store.closed and not store.put(2) and not store.drained()
    assert store.get() == 1
    assert store.drained() and not store.put(3)
    assert store.get() is submodule(core, "task").PENDING


def test_no_put_comes_between_a_close_and_the_look_that_finds_it_drained(core, threadsafe):
    """Each put returned True before the close and is found, or False."""
    for _ in range(20):
        store = store_of(threadsafe, 1000)

        def fill(store=store):
            count = 0
            while store.put(count):
                count += 1
                if count == 1000:
                    break
            return count

        threads = [start_thread(fill) for _ in range(2)]
        store.close()
        put = sum([thread.join() for thread in threads])
        taken = 0
        while not store.drained():
            assert store.get() is not submodule(core, "task").PENDING
            taken += 1
        assert taken == put


def test_threads_that_put_and_get_at_once_lose_nothing(core, threadsafe):
    store = store_of(threadsafe, 3)
    empty = submodule(core, "task").PENDING
    count = 300

    def fill(first):
        for n in range(first, first + count):
            while not store.put(n):
                sleep_ms(0)

    def empty_it():
        taken = []
        while len(taken) < count:
            item = store.get()
            if item is empty:
                sleep_ms(0)
            else:
                taken.append(item)
        return taken

    getters = [start_thread(empty_it) for _ in range(2)]
    putters = [start_thread(fill, first) for first in (0, 10000)]
    for thread in putters:
        thread.join()
    taken = [thread.join() for thread in getters]
    assert sorted(taken[0] + taken[1]) == list(range(count)) + list(range(10000, 10000 + count))
    for part in taken:
        for own in ([n for n in part if n < 10000], [n for n in part if n >= 10000]):
            assert own == sorted(own)


@pytest.mark.micropython
@pytest.mark.rp2040(seeds=1)
def test_what_it_counts_never_needs_an_allocation(threadsafe):
    """After 2**29 items, too: the sum would be a large integer soon, which a hard ISR can't make."""
    import micropython

    store = store_of(threadsafe, 2)
    for _ in range(3):
        store.dropped = 0x1FFFFFFF
        store._read = store._finished = store._span - 1
        micropython.heap_lock()
        try:
            for n in range(3):
                store.put(n)
                store.replace(n)
            store.refuse()
            store.get()
            store.get()
        finally:
            micropython.heap_unlock()
        assert 0 <= store.dropped < 9 and store.left() == 2
