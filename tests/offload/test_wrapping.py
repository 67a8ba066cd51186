"""wrap: a whole object, whose methods are called on a worker."""

import gc

import pytest

from support import run, sleep_ms


class Port:
    """Blocks in its methods; knows on which threads they were called."""

    kind = "port"

    def __init__(self):
        self.rate = 9600
        self.threads = []
        self.log = []
        self.entered = self.closed = 0

    def note(self):
        from _thread import get_ident

        self.threads.append(get_ident())

    def read(self, n, fill="x"):
        self.note()
        sleep_ms(1)
        return fill * n

    def fail(self):
        raise OSError("unplugged")

    def child(self):
        return Port()

    def me(self):
        return self

    def __iter__(self):
        for n in range(5):
            self.note()
            yield n

    def __enter__(self):
        self.note()
        self.entered += 1
        return self

    def __exit__(self, exc_type, exc, tb):
        self.note()
        self.closed += 1
        return exc_type is KeyError


async def all_of(iteration):
    items = []
    async for item in iteration:
        items.append(item)
    return items


@pytest.mark.cpython
def test_everything_is_called_on_one_thread_in_order(core, offload):
    from _thread import get_ident

    port = Port()

    async def main():
        async with offload.wrap(port) as wrapped:
            assert await core.gather(*[wrapped.read(n) for n in range(4)]) == ["", "x", "xx", "xxx"]
            assert await wrapped.read(2, fill="-") == "--"
            assert await all_of(wrapped) == [0, 1, 2, 3, 4]
            with pytest.raises(OSError, match="unplugged"):
                await wrapped.fail()
        assert (port.entered, port.closed) == (1, 1)
        assert len(set(port.threads)) == 1 and port.threads[0] != get_ident()
        with pytest.raises(offload.WorkerClosed):
            await wrapped.read(1)

    run(core, main)


@pytest.mark.rp2040(seeds=1)
def test_a_method_is_awaited(core, offload):
    async def main():
        wrapped = offload.wrap(Port())
        assert await wrapped.read(3) == "xxx"
        port = await offload.unwrap(wrapped)
        assert isinstance(port, Port)

    run(core, main)


def test_options_hold_for_a_method(core, offload):
    async def main():
        async with offload.wrap(Port()) as wrapped:
            assert await wrapped.read(1).options(timeout=10, on_cancel="wait") == "x"

    run(core, main)


def test_attributes_are_those_that_were_named(core, offload):
    port = Port()

    async def main():
        async with offload.wrap(port, attributes=("rate", "kind")) as wrapped:
            assert (wrapped.rate, wrapped.kind) == (9600, "port")
            wrapped.rate = 300
            assert port.rate == 300
            with pytest.raises(AttributeError, match="attributes"):
                _ = wrapped.log
            with pytest.raises(AttributeError, match="attributes"):
                wrapped.log = []
            with pytest.raises(AttributeError):
                _ = wrapped.nothing

    run(core, main)


def test_names_that_are_one_text_are_refused(offload):
    for names in ({"attributes": "rate"}, {"wraps": "child"}):
        with pytest.raises(TypeError, match="names are a tuple or a list, not the text '(rate|child)'; write"):
            offload.wrap(Port(), **names)


def test_what_a_method_gives_is_wrapped_if_so_told(core, offload):
    async def main():
        async with offload.wrap(Port(), wraps=("child", "me")) as wrapped:
            child = await wrapped.child()
            assert await child.read(1) == "x"
            assert await wrapped.me() is wrapped
        async with offload.wrap(Port()) as wrapped:
            assert isinstance(await wrapped.child(), Port)

    run(core, main)


def test_the_end_of_with_sees_the_error_and_may_swallow_it(core, offload):
    port = Port()

    async def main():
        async with offload.wrap(port):
            raise KeyError
        with pytest.raises(ValueError):
            async with offload.wrap(port):
                raise ValueError

    run(core, main)
    assert port.closed == 2


@pytest.mark.cpython
def test_several_objects_may_share_a_worker_which_then_stays(core, offload):
    first, second = Port(), Port()

    async def main():
        async with offload.Worker() as worker:
            one, two = offload.wrap(first, worker), offload.wrap(second, worker)
            await core.gather(one.read(1), two.read(1))
            assert await offload.unwrap(one) is first
            assert await worker.assign(max, 1, 2) == 2

    run(core, main)
    assert set(first.threads) == set(second.threads) and len(set(first.threads)) == 1


class Refusing(Port):
    def __enter__(self):
        raise OSError("unplugged")


@pytest.mark.cpython
def test_a_worker_of_its_own_ends_if_the_block_can_t_begin(core, offload):
    wrapped = offload.wrap(Refusing())

    async def main():
        with pytest.raises(OSError, match="unplugged"):
            async with wrapped:
                raise AssertionError("it began")
        await wrapped._worker[0].ended().wait(5)

    run(core, main)


@pytest.mark.cpython
def test_cancelled_as_it_enters_it_is_left_again(core, threadsafe, offload):
    entering, go_on = threadsafe.ThreadSafeEvent(), threadsafe.ThreadSafeEvent()

    class Slow(Port):
        def __enter__(self):
            entering.set()
            go_on.wait_sync(10)
            return Port.__enter__(self)

    port = Slow()
    wrapped = offload.wrap(port)

    async def use():
        async with wrapped:
            raise AssertionError("it began")

    async def main():
        task = core.create_task(use())
        await entering.wait()
        task.cancel()
        await core.sleep(0)
        go_on.set()
        with pytest.raises(core.CancelledError):
            await task
        await wrapped._worker[0].ended().wait(5)

    run(core, main)
    assert (port.entered, port.closed) == (1, 1)


@pytest.mark.cpython
def test_it_can_be_copied(offload):
    import copy

    wrapped = offload.wrap([1])
    assert copy.copy(wrapped)._obj is wrapped._obj
    wrapped._worker[0].shut()


@pytest.mark.cpython
def test_what_is_dropped_leaves_no_thread(core, offload):
    async def main():
        wrapped = offload.wrap(Port(), wraps=("child",))
        worker = wrapped._worker[0]
        child = await wrapped.child()
        items = wrapped.__aiter__()
        del wrapped
        gc.collect()
        assert await child.read(1) == "x"  # its worker is there for what it gave
        del child
        gc.collect()
        assert await all_of(items) == [0, 1, 2, 3, 4]
        assert worker.statistics()["threads"] == 1
        del items
        gc.collect()
        while worker.statistics()["threads"]:
            await core.sleep_ms(1)

        late = offload.wrap(Port()).read(2)  # made, and not begun, when nobody has the object any more
        gc.collect()
        assert await late == "xx"

    run(core, main)


def test_plain_values_are_given_as_they_are(core, offload):
    class Folder:
        def __enter__(self):
            return "/tmp/one"

        def __exit__(self, exc_type, exc, tb):
            pass

        def find(self, name):
            return {"size": 3, "none": None, "raw": b"x"}[name]

    async def main():
        async with offload.wrap(Folder(), wraps=("find",)) as path:
            assert path == "/tmp/one"
        wrapped = offload.wrap(Folder(), wraps=("find",))
        for name, value in (("size", 3), ("none", None), ("raw", b"x")):
            assert await wrapped.find(name) == value
        await offload.unwrap(wrapped)

    run(core, main)
