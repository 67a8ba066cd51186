"""`requests` and `ntptime`: programs of a network ask servers of this machine."""

import json
import socket
import struct
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

pytestmark = pytest.mark.timeout(60)


class Handler(BaseHTTPRequestHandler):
    """Answers with what it was asked; /moved leads to /new, /chunked is not understood, /none is not there."""

    def answer(self):
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(length).decode()
        if self.headers.get("Transfer-Encoding") == "chunked":
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size).decode()
                self.rfile.readline()
        code = {"/moved": 302, "/kept": 307, "/round": 301, "/none": 404}.get(self.path, 200)
        self.send_response(code)
        if code in (301, 302, 307):
            where = "/round" if self.path == "/round" else "/new"
            self.send_header("Location", where if code == 307 else f"http://127.0.0.1:{self.server.server_port}{where}")
        if self.path == "/chunked":
            self.send_header("Transfer-Encoding", "chunked")
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        named = {name: self.headers[name] for name in ("Content-Type", "Authorization", "X-Own") if self.headers[name]}
        if self.command != "HEAD":
            self.wfile.write(json.dumps([self.command, self.path, body, named]).encode())

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = answer

    def log_message(self, *_):
        pass


@pytest.fixture
def port():
    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("virtual", [True, False])
def test_a_program_asks_a_server(run, port, virtual):
    ran = run(f"""
import network, requests, time
wlan = network.WLAN(network.STA_IF)
wlan.active(True)
wlan.connect('ssid', 'password')
while not wlan.isconnected():
    time.sleep_ms(50)
at = 'http://127.0.0.1:{port}'
answer = requests.get(at + '/a?b=c', headers={{'X-Own': 'mine'}})
print(answer.status_code, answer.reason, answer.headers['Content-Type'], answer.json())
answer.close()
for ask in (
    lambda: requests.post(at, json={{'n': 1}}), lambda: requests.put(at + '/p', data=b'bytes'),
    lambda: requests.patch(at, data='text', auth=('me', 'secret')), lambda: requests.delete(at + '/d'),
    lambda: requests.head(at), lambda: requests.post(at, data=iter(['one', b'two'])),
    lambda: requests.post(at + '/moved', data='lost'), lambda: requests.post(at + '/kept', data='kept'),
    lambda: requests.request('GET', at + '/none'),
):
    with ask() as answer:
        print(answer.status_code, answer.text)
for wrong in (at + '/round', at + '/chunked', 'ftp://x'):
    try:
        requests.get(wrong)
    except ValueError as e:
        print(str(e).split(':')[0])
seen = []
requests.get(at, parse_headers=lambda line, headers: seen.append(line)).close()
print(b'Content-Type: application/json\\r\\n' in seen, requests.get(at, parse_headers=False).headers)
import urequests
print(urequests.get(at).content)
""", virtual=virtual)
    assert ran.lines == [
        "200 b'OK' application/json ['GET', '/a?b=c', '', {'X-Own': 'mine'}]",
        '200 ["POST", "/", "{\\"n\\": 1}", {"Content-Type": "application/json"}]',
        '200 ["PUT", "/p", "bytes", {}]',
        '200 ["PATCH", "/", "text", {"Authorization": "Basic bWU6c2VjcmV0"}]',
        '200 ["DELETE", "/d", "", {}]',
        "200 ",
        '200 ["POST", "/", "onetwo", {}]',
        '200 ["GET", "/new", "", {}]',
        '200 ["POST", "/new", "kept", {}]',
        '404 ["GET", "/none", "", {}]',
        "too many redirections, the last one to 'http",
        "Unsupported Transfer-Encoding",
        "Unsupported protocol or no host",
        "True None",
        """b'["GET", "/", "", {}]'""",
    ]  # fmt: skip


def test_nobody_there_and_nobody_who_answers(run):
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(1)
        ran = run(f"""
import requests
for port, timeout in ((1, None), ({deaf.getsockname()[1]}, 0.05)):
    try:
        requests.get('http://127.0.0.1:%d/' % port, timeout=timeout)
    except OSError as e:
        print(e)
""", virtual=False)
    assert ran.lines == ["[Errno 111] ECONNREFUSED", "[Errno 110] ETIMEDOUT"]


@pytest.mark.parametrize("kind", ["pico", "esp32"])
def test_the_clock_is_set_by_a_server(run, kind):
    asked = []

    def serve():
        question, who = server.recvfrom(100)
        asked.append(question)
        server.sendto(bytes(40) + struct.pack("!I", 2_208_988_800 + 1_767_225_600) + bytes(4), who)

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=serve)
        thread.start()
        ran = run(f"""
import ntptime, time
ntptime.host, ntptime.port = '127.0.0.1', {server.getsockname()[1]}
ntptime.settime()
print(time.localtime()[:6], ntptime.timeout)
""", kind=kind)
        thread.join()
    assert ran.lines == ["(2026, 1, 1, 0, 0, 0) 1"]
    assert len(asked[0]) == 48 and asked[0][0] == 0x1B


def test_a_time_server_that_does_not_answer(run):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as deaf:
        deaf.bind(("127.0.0.1", 0))
        ran = run(f"""
import ntptime
ntptime.host, ntptime.port, ntptime.timeout = '127.0.0.1', {deaf.getsockname()[1]}, 0.05
try:
    ntptime.settime()
except OSError as e:
    print(e)
""", virtual=False)
    assert ran.lines == ["[Errno 110] ETIMEDOUT"]


@pytest.mark.parametrize("name", ["requests", "urequests", "ntptime", "neopixel", "dht"])
def test_the_applications_own_takes_its_place(run, tmp_path, name):
    (tmp_path / f"{name}.py").write_text("mine = True\n")
    assert run(f"import {name}\nprint({name}.mine)").lines == ["True"]
