"""Tasks that end by themselves, by a time limit, because they are cancelled, or with an error; gathered all the same.

    twincore run examples/gather.py [--on cpython|micropython|rp2040]

With return_exceptions each gives a result or the reason why there is none. Without it the first error is the caller's
at once, and the others go on.
"""

from twincore import core as asyncio


async def ends():
    await asyncio.sleep_ms(60)
    return 42


async def goes_on(name, cleaned):
    try:
        while True:
            await asyncio.sleep_ms(10)
    finally:  # a limit and a cancel come here, too
        cleaned.append(name)


async def fails():
    await asyncio.sleep_ms(10)
    raise ValueError("no reading")


async def cancel_later(task):
    await asyncio.sleep_ms(30)
    task.cancel()


async def main():
    cleaned = []
    cancelled = asyncio.create_task(goes_on("cancelled", cleaned))
    canceller = asyncio.create_task(cancel_later(cancelled))
    limited = asyncio.wait_for_ms(goes_on("limited", cleaned), 50)
    results = await asyncio.gather(ends(), limited, cancelled, fails(), return_exceptions=True)
    await canceller
    print("each:", results[0], "or", ", ".join([type(result).__name__ for result in results[1:]]))
    assert results[0] == 42 and cleaned == ["cancelled", "limited"]
    kinds = asyncio.TimeoutError, asyncio.CancelledError, ValueError
    assert [type(result) for result in results[1:]] == list(kinds), results

    other = asyncio.create_task(ends())
    try:
        await asyncio.gather(other, fails())
    except ValueError as error:
        print("the first error:", error)
    assert not other.done()
    print("the other went on:", await other)


asyncio.run(main())
