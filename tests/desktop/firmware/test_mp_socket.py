"""`socket` and `ssl`: the desktop's network, with MicroPython's methods and errors."""

import shutil
import subprocess

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


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """(certificate, key) of localhost, as files."""
    if not shutil.which("openssl"):
        pytest.skip("no openssl to make a certificate with")
    folder = tmp_path_factory.mktemp("tls")
    key, cert = folder / "key.pem", folder / "cert.pem"
    options = "req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost -addext subjectAltName=DNS:localhost"
    subprocess.run(f"openssl {options} -keyout {key} -out {cert}".split(), check=True, capture_output=True)
    return cert, key


@pytest.mark.parametrize("virtual", [True, False])
def test_a_socket_with_tls_is_a_stream_on_both_sides(run, tmp_path, certificate, virtual):
    for file in certificate:
        shutil.copy(file, tmp_path)
    ran = run("""
import _thread, socket, ssl
server = socket.socket()
server.bind(('127.0.0.1', 0))
server.listen(1)
def serve():
    plain, _ = server.accept()
    secure = ssl.wrap_socket(plain, server_side=True, key='/key.pem', cert='/cert.pem')
    while (line := secure.readline()) != b'\\r\\n':
        heard.append(line)
    secure.write('HTTP/1.0 200 OK\\r\\n\\r\\n')
    secure.write(bytes(50_000))
    secure.close()
heard = []
_thread.start_new_thread(serve, ())
plain = socket.socket()
plain.connect(server.getsockname())
secure = ssl.wrap_socket(plain, server_hostname='localhost')
print(secure.write(b'GET / HTTP/1.0\\r\\n and more', 16), secure.write('x\\r\\n', 1, 2))
room = bytearray(5)
print(secure.readinto(room), room, secure.readline(), secure.read(2), len(secure.read(30_000)), len(secure.read()))
print(secure.read(), heard)
secure.close()
server.close()
""", virtual=virtual)
    assert ran.lines == [
        "16 2", "5 bytearray(b'HTTP/') b'1.0 200 OK\\r\\n' b'\\r\\n' 30000 20000", "b'' [b'GET / HTTP/1.0\\r\\n']",
    ]


def test_a_task_talks_over_tls(run, tmp_path, certificate):
    for file in certificate:
        shutil.copy(file, tmp_path)
    ran = run("""
import asyncio, ssl
async def serve(reader, writer):
    writer.write(await reader.readline())
    await writer.drain()
    writer.close()
    await writer.wait_closed()
async def main():
    inside = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    inside.load_cert_chain('/cert.pem', '/key.pem')
    server = await asyncio.start_server(serve, '127.0.0.1', 0, ssl=inside)
    port = server.sockets[0].getsockname()[1]
    outside = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    outside.verify_mode = ssl.CERT_REQUIRED
    outside.load_verify_locations(cafile='/cert.pem')
    reader, writer = await asyncio.open_connection('127.0.0.1', port, ssl=outside, server_hostname='localhost')
    writer.write(b'secret\\n')
    await writer.drain()
    print(await reader.readline())
    writer.close()
    server.close()
asyncio.run(main())
""")
    assert ran.lines == ["b'secret\\n'"]


@pytest.mark.parametrize("form", ["PEM", "DER"])
def test_certificates_and_keys_may_be_bytes(run, tmp_path, certificate, form):
    for file, command in zip(certificate, ("x509", "pkey"), strict=True):
        convert = f"openssl {command} -in {file} -outform {form} -out {tmp_path / file.name}"
        subprocess.run(convert.split(), check=True, capture_output=True)
    ran = run("""
import ssl
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
with open('/cert.pem', 'rb') as cert, open('/key.pem', 'rb') as key:
    context.load_cert_chain(cert.read(), key.read())
with open('/cert.pem', 'rb') as cert:
    context.load_verify_locations(cadata=cert.read())
try:
    context.load_cert_chain(b'nonsense', b'nonsense')
except OSError:
    print('refused')
""")
    assert ran.lines == ["refused"]
