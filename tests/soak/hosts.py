"""The loops in which tasks run: twincore's, asyncio's, uvloop's."""

import asyncio


class Twincore:
    def __init__(self, core):
        self.core = core
        self.create_task = core.create_task
        self.sleep_ms = core.sleep_ms
        self.CancelledError = core.CancelledError

    def run(self, main):
        self.core.new_event_loop()
        try:
            self.core.run(main)
        finally:
            self.core.new_event_loop()


class Asyncio:
    create_task = staticmethod(asyncio.create_task)
    CancelledError = asyncio.CancelledError

    def __init__(self, core):
        self.core = core

    @staticmethod
    def sleep_ms(ms):
        return asyncio.sleep(ms / 1000)

    def run(self, main):
        asyncio.run(main)


class Uvloop(Asyncio):
    def run(self, main):
        import uvloop

        loop = uvloop.new_event_loop()
        try:
            loop.run_until_complete(main)
        finally:
            loop.close()


HOSTS = {"twincore": Twincore, "asyncio": Asyncio, "uvloop": Uvloop}


async def host(loop, functions, rng, wild, leavers, cancelled):
    """Run `functions`, coroutine functions, each in a task.

    If `wild` some are cancelled, counted, and begun again; the first `leavers` are cancelled for good.
    """
    tasks = [loop.create_task(function()) for function in functions]
    left = list(range(leavers, len(tasks)))
    for task in tasks[:leavers]:
        await loop.sleep_ms(rng.randrange(4))
        task.cancel()
        try:
            await task
        except loop.CancelledError:
            cancelled()
    while left and wild:
        await loop.sleep_ms(rng.randrange(4))
        i = rng.choice(left)
        tasks[i].cancel()
        try:
            await tasks[i]
            left.remove(i)
        except loop.CancelledError:
            cancelled()
            tasks[i] = loop.create_task(functions[i]())
    for i in left:
        await tasks[i]
