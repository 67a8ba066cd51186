"""Coroutine functions are refused where nobody would await them."""

import functools

import pytest

from support import run

pytestmark = pytest.mark.cpython


async def show(*args):
    pass


class Shows:
    async def __call__(self, *args):
        pass


ASYNC = {"function": show, "partial": functools.partial(show, 1), "object": Shows()}


@pytest.mark.parametrize("kind", ASYNC)
@pytest.mark.parametrize("name", ["dropped", "progress"])
def test_a_callback_that_would_have_to_be_awaited_is_refused(offload, name, kind):
    job = offload.Pool(1).assign(max, 1, 2)
    with pytest.raises(TypeError, match=f"^{name} is called, not awaited, and .* is a coroutine function"):
        job.options(**{name: ASYNC[kind]})


@pytest.mark.parametrize("name", ["dropped", "progress"])
def test_what_is_no_function_is_refused_and_a_class_is_taken(offload, name):
    job = offload.Pool(1).assign(max, 1, 2)
    with pytest.raises(TypeError, match=f"^{name} is a function, not 3"):
        job.options(**{name: 3})
    job.options(**{name: Shows})


def test_an_asyncio_worker_refuses_it_too(core, offload):
    async def main():
        async with offload.AsyncioWorker() as worker:
            with pytest.raises(TypeError, match="^dropped is called, not awaited, and show is"):
                worker.call(max, 1, 2).options(dropped=show)

    run(core, main)


def test_so_does_the_backup_of_a_database(core, offload):
    async def main():
        async with offload.sqlite.connect(":memory:") as db:
            with pytest.raises(TypeError, match="^progress is called, not awaited, and show is"):
                await db.backup(":memory:", progress=show)

    run(core, main)
