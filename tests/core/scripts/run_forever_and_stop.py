# run_forever ends when stop was called and the task that called it yields; the next run goes on from there.
# asyncio differs: what is ready in the same pass still runs.
from twincore import core as asyncio


async def child(name):
    for n in range(2):
        print(name, n)
        if name == "a":
            loop.stop()
            loop.stop()
            print("stopped")
        await asyncio.sleep(0)
    print(name, "ends")


async def main():
    loop.stop()
    await asyncio.sleep(1000)


loop = asyncio.new_event_loop()
for name in "ab":
    loop.create_task(child(name))
for n in range(2):
    loop.run_forever()
    print("run", n, "has ended")
try:
    loop.run_until_complete(main())
except RuntimeError as error:
    print("RuntimeError:", error)
loop.close()

# prints:
# a 0
# stopped
# run 0 has ended
# b 0
# a 1
# stopped
# run 1 has ended
# b 1
# a ends
# RuntimeError: the loop was stopped before its main task ended
