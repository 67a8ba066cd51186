"""`select`: streams of MicroPython's, sockets, the same way."""


STREAM = """
import select, io, time, micropython
class Stream(io.IOBase):
    def __init__(self, at):
        self.at = at
    def ioctl(self, request, flags):
        if request == 3 and time.ticks_ms() >= self.at:
            return flags & select.POLLIN
        return 0
"""


def test_a_python_stream_is_asked_until_it_is_ready(run):
    ran = run(STREAM + """
poller = select.poll()
slow, fast = Stream(100), Stream(50)
poller.register(slow, select.POLLIN)
poller.register(fast)
print(poller.poll(10), time.ticks_ms())
print([(s is fast, e) for s, e in poller.poll()], time.ticks_ms() - 50 < 3)
print([(s is fast, e) for s, e in poller.ipoll(0, 1)], poller.poll(0))
print([s is slow for s, e in poller.poll(1000)])
poller.modify(fast, select.POLLIN)
print(len(poller.poll(0)))
poller.unregister(fast)
print(len(poller.poll(0)))
poller.unregister(fast)
for act in (lambda: poller.modify(fast, 1), lambda: poller.register(3.5),
            lambda: poller.register(5)):
    try:
        act()
    except OSError as e:
        print(e)
""")
    assert ran.lines == [
        "[] 10", "[(True, 1)] True", "[(True, 1)] []", "[True]", "2", "1", "[Errno 2] ENOENT",
        "stream operation not supported: a float has neither ioctl() nor fileno()",
        "stream operation not supported: a int has neither ioctl() nor fileno()",
    ]


def test_sockets_and_python_streams_together(run):
    ran = run(STREAM + """
import socket
server = socket.socket()
server.bind(('127.0.0.1', 0))
server.listen(1)
poller = select.poll()
poller.register(server, select.POLLIN)
poller.register(Stream(1 << 29), select.POLLIN)
print(poller.poll(5))
client = socket.socket()
client.connect(server.getsockname())
print([(s is server, e) for s, e in poller.poll(5000)])
print([[s is server for s in each] for each in select.select([server], [client], [], 1)])
client.close()
server.close()
""", virtual=False)
    assert ran.lines[:2] == ["[]", "[(True, 1)]"]
    assert ran.lines[2].startswith("[[True], [False]")


def test_scheduled_functions_run_while_it_waits(run):
    ran = run(STREAM + """
stream = Stream(5)
micropython.schedule(print, 'soft')
print(select.select([stream], [], [], 1)[0] == [stream])
""")
    assert ran.lines == ["soft", "True"]


def test_a_task_waits_for_such_a_stream(run):
    ran = run(STREAM + """
import asyncio
class Reader(Stream):
    def readline(self):
        return b'line\\n'
async def main():
    print(await asyncio.StreamReader(Reader(30)).readline(), time.ticks_ms() - 30 < 3)
asyncio.run(main())
""")
    assert ran.lines == ["b'line\\n' True"]
