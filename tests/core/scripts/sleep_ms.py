# sleep_ms rounds down to what the clock tells apart; sleeps made and not awaited, or later, harm nothing.
# asyncio differs: it has no sleep_ms.
from twincore import core as asyncio


async def child(ms):
    await asyncio.sleep_ms(ms)
    print(ms)


async def main():
    for times in ((3, 1, 2), (-1, 0, 1)):
        await asyncio.gather(*[child(ms) for ms in times])
    held = [asyncio.sleep_ms(50), asyncio.sleep_ms(1), asyncio.sleep(1000), asyncio.sleep_ms(0)]
    timer = asyncio.create_task(child(20))
    await held[1]
    print("20 is over:", timer.done())
    await held[0]
    print("20 is over:", timer.done())
    await asyncio.wait_for_ms(asyncio.sleep_ms(0.9), 5)
    for time in (float("nan"), "1"):
        try:
            asyncio.sleep(time)
        except (TypeError, ValueError) as error:
            print(type(error).__name__)


asyncio.run(main())

# prints:
# 1
# 2
# 3
# -1
# 0
# 1
# 20 is over: False
# 20
# 20 is over: True
# ValueError
# TypeError
