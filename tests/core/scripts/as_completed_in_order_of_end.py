# as_completed gives results in the order in which they are there; when its time is up it raises, and cancels nothing.
from twincore import core as asyncio


async def child(n):
    await asyncio.sleep(n / 100)
    print("ends", n)
    if n == 2:
        raise ValueError(n)
    return n


async def main():
    for following in asyncio.as_completed([child(n) for n in (3, 1, 2)]):
        try:
            print("got", await following)
        except ValueError as error:
            print("raised", error)
    try:
        for following in asyncio.as_completed([child(n) for n in (5, 1)], timeout=0.03):
            print("got", await following)
    except asyncio.TimeoutError:
        print("TimeoutError")
    await asyncio.sleep(0.05)


asyncio.run(main())

# prints:
# ends 1
# got 1
# ends 2
# raised 2
# ends 3
# got 3
# ends 1
# got 1
# TimeoutError
# ends 5
