# A handler is set, got and taken off; call_exception_handler calls it with the loop and the context.
from twincore import core as asyncio


def handler(loop, context):
    print("handler", loop is asyncio.get_event_loop(), context["message"])


async def main():
    loop = asyncio.get_event_loop()
    print(loop.get_exception_handler())
    loop.set_exception_handler(handler)
    print(loop.get_exception_handler() is handler)
    loop.call_exception_handler({"message": "something", "exception": ValueError(), "future": None})
    loop.set_exception_handler(None)
    print(loop.get_exception_handler())


asyncio.run(main())

# prints:
# None
# True
# handler True something
# None
