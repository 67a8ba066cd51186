# run gives the result of its coroutine, or raises what it raises, CancelledError too; a run may follow a run.
from twincore import core as asyncio


async def main(what):
    await asyncio.sleep(0)
    if isinstance(what, BaseException):
        raise what
    return what


for what in (3, ValueError("mine"), None, asyncio.CancelledError(), "last"):
    try:
        print(asyncio.run(main(what)))
    except BaseException as error:
        print(type(error).__name__)

# prints:
# 3
# ValueError
# None
# CancelledError
# last
