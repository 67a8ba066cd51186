"""`socket` and `ssl`: the desktop's network, with MicroPython's methods and errors."""

import pytest

ECHO = """
import socket, _thread, time, errno
server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(('127.0.0.1', 0))
server.listen(1)
port = server.getsockname()[1]
"""


@pytest.mark.parametrize("virtual", [True, False])
def test_streams_between_two_cores(run, virtual):
    ran = run(ECHO + """
def serve():
    client, address = server.accept()
    line = client.readline()
    client.write(b'got ' + line)
    client.write('text')
    client.close()
_thread.start_new_thread(serve, ())
address = socket.getaddrinfo('127.0.0.1', port)[0][-1]
s = socket.socket()
s.connect(address)
s.write(b'hello\\n')
room = bytearray(4)
print(s.readinto(room), bytes(room), s.readline(), s.read(2), s.read(), s.makefile() is s)
s.close()
server.close()
""", virtual=virtual)
    assert ran.lines == ["4 b'got ' b'hello\\n' b'te' b'xt' True"]


def test_errors_are_numbers(run):
    ran = run(ECHO + """
s = socket.socket()
s.connect(server.getsockname())
s.setblocking(False)
print(s.read(3), s.readline(), s.write(b'x'))
s.settimeout(0.01)
for act in (lambda: s.recv(1), lambda: socket.socket().connect(('127.0.0.1', 1))):
    try:
        act()
    except OSError as e:
        print(e.errno == e.args[0], e.errno in (errno.ETIMEDOUT, errno.ECONNREFUSED), type(e).__name__)
server.close()
s.close()
""", virtual=False)
    assert ran.lines == ["None None 1", "True True OSError", "True True OSError"]


def test_a_task_reads_from_a_socket_in_virtual_time(run):
    ran = run("""
import asyncio
async def serve(reader, writer):
    writer.write(await reader.readline())
    await writer.drain()
    writer.close()
    await writer.wait_closed()
async def main():
    server = await asyncio.start_server(serve, '127.0.0.1', 0)
    port = server.sockets[0].getsockname()[1]
    reader, writer = await asyncio.open_connection('127.0.0.1', port)
    writer.write(b'echo\\n')
    await writer.drain()
    print(await reader.readline())
    writer.close()
    await writer.wait_closed()
    server.close()
    await server.wait_closed()
asyncio.run(main())
""")
    assert ran.text == "b'echo\\n'\n"


def test_tls_contexts_verify_nothing_until_told(run):
    ran = run("""
import ssl
context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
print(context.verify_mode == ssl.CERT_NONE)
context.verify_mode = ssl.CERT_REQUIRED
print(context.verify_mode == ssl.CERT_REQUIRED, hasattr(ssl, 'wrap_socket'), hasattr(ssl, 'create_default_context'))
""")
    assert ran.lines == ["True", "True True False"]
