# wait_for_ms is wait_for in milliseconds; the innermost limit that is up raises.
# asyncio differs: it has no wait_for_ms.
from twincore import core as asyncio


async def inner(ms):
    try:
        await asyncio.wait_for_ms(asyncio.sleep_ms(10), ms)
        return "in time"
    except asyncio.TimeoutError:
        return "inner"


async def main():
    for outer_ms, inner_ms in ((30, 20), (30, 5), (5, 20), (None, 20), (30, None)):
        try:
            print(outer_ms, inner_ms, await asyncio.wait_for_ms(inner(inner_ms), outer_ms))
        except asyncio.TimeoutError:
            print(outer_ms, inner_ms, "outer")


asyncio.run(main())

# prints:
# 30 20 in time
# 30 5 inner
# 5 20 outer
# None 20 in time
# 30 None in time
