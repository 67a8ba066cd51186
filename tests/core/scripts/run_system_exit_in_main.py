# SystemExit and KeyboardInterrupt in the main task run its finally blocks and come out of run.
from twincore import core as asyncio


async def main(error):
    try:
        await asyncio.sleep(0)
        raise error
    finally:
        print("cleans up")


for error in (KeyboardInterrupt(), SystemExit(3)):
    try:
        asyncio.run(main(error))
    except (KeyboardInterrupt, SystemExit) as caught:
        print(caught is error, type(caught).__name__)

# prints:
# cleans up
# True KeyboardInterrupt
# cleans up
# True SystemExit
