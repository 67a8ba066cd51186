"""Programs as tutorials for MicroPython have them run as they stand: displays, sensors, web servers, second cores."""

import pytest

from twincore.desktop.board.buses import Nak
from twincore.desktop.chips import DHT22
from twincore.desktop.firmware import framebuf_font

pytestmark = pytest.mark.timeout(60)

OLED = """
import framebuf
from machine import I2C, Pin

class SSD1306(framebuf.FrameBuffer):
    def __init__(self, width, height, i2c, addr=0x3C):
        self.i2c, self.addr = i2c, addr
        self.width, self.height, self.pages = width, height, height // 8
        self.buffer = bytearray(self.pages * width)
        self.temp = bytearray(2)
        self.parts = [b'\\x40', None]
        super().__init__(self.buffer, width, height, framebuf.MONO_VLSB)
        for command in (0xAE, 0x20, 0x00, 0x40, 0xA1, 0xA8, height - 1, 0xC8, 0x8D, 0x14, 0xAF):
            self.command(command)
    def command(self, command):
        self.temp[0], self.temp[1] = 0x80, command
        self.i2c.writeto(self.addr, self.temp)
    def show(self):
        for command in (0x21, 0, self.width - 1, 0x22, 0, self.pages - 1):
            self.command(command)
        self.parts[1] = self.buffer
        self.i2c.writevto(self.addr, self.parts)

oled = SSD1306(128, 64, I2C(0, scl=Pin(1), sda=Pin(0), freq=400000))
oled.text('A', 0, 8)
oled.pixel(127, 63, 1)
oled.show()
print('shown')
"""


class Display:
    """What an SSD1306 is sent: its picture is what comes behind 0x40."""

    def __init__(self):
        self.commands, self.picture = [], b""

    def write(self, data, stop):
        if data[:1] == b"\x40":
            self.picture = data[1:]
        else:
            self.commands.append(data[1:])

    def read(self, count, stop):
        raise Nak


def test_a_picture_reaches_a_display(new_world, tmp_path):
    world, display = new_world(), Display()
    world.board.i2c(0).attach(0x3C, display)
    script = tmp_path / "main.py"
    script.write_text(OLED)
    assert world.run(script) == 0
    assert (len(display.commands), len(display.picture)) == (17, 1024)
    letter = framebuf_font.glyphs()[ord("A") - 32]
    bits = ((at, bit) for at, byte in enumerate(display.picture) for bit in range(8) if byte >> bit & 1)
    lit = {(at % 128, at // 128 * 8 + bit) for at, bit in bits}
    assert lit == {(x, y + 8) for x, y in letter} | {(127, 63)}


def test_a_display_that_is_not_there_is_told_with_what_there_is(run):
    ran = run(OLED)
    assert ran.code == 1
    assert ran.lines[-1] == "OSError: [Errno 5] nothing answers at 0x3c on I2C(0): there is nothing"


def test_a_logger_of_climate_with_its_settings_in_a_file(new_world, tmp_path):
    world = new_world()
    DHT22(world.board, 22, temperature=21.5, humidity=48)
    script = tmp_path / "main.py"
    script.write_text("""
import dht, gc, json, os
from machine import Pin
from time import sleep, localtime
try:
    with open('config.json') as f:
        config = json.load(f)
except OSError:
    config = {'pin': 22, 'every': 2}
    with open('config.json', 'w') as f:
        json.dump(config, f)
sensor = dht.DHT22(Pin(config['pin']))
for n in range(3):
    sleep(config['every'])
    sensor.measure()
    with open('log.csv', 'a') as log:
        log.write('{:02d}:{:02d},{:.1f},{:.1f}\\n'.format(*localtime()[4:6], sensor.temperature(), sensor.humidity()))
print('config.json' in os.listdir(), gc.collect())
print(open('log.csv').read(), end='')
""")
    assert world.run(script) == 0
    lines = "".join(world.printed).splitlines()
    assert lines == ["True None", "00:02,21.5,48.0", "00:04,21.5,48.0", "00:06,21.5,48.0"]


def test_a_web_server_beside_a_blinking_led(run):
    ran = run("""
import json
import uasyncio as asyncio
from machine import ADC, Pin
led, pot = Pin('LED', Pin.OUT), ADC(Pin(26))
async def blink():
    while True:
        led.toggle()
        await asyncio.sleep_ms(5)
async def serve(reader, writer):
    request = await reader.readline()
    while await reader.readline() != b'\\r\\n':
        pass
    writer.write('HTTP/1.0 200 OK\\r\\nContent-type: application/json\\r\\n\\r\\n')
    writer.write(json.dumps({'pot': pot.read_u16(), 'asked': request.split()[1].decode()}))
    await writer.drain()
    writer.close()
    await writer.wait_closed()
async def main():
    asyncio.create_task(blink())
    for port in range(20001, 20101):
        try:
            server = await asyncio.start_server(serve, '127.0.0.1', port)
            break
        except OSError:
            pass
    reader, writer = await asyncio.open_connection('127.0.0.1', port)
    writer.write(b'GET /pot HTTP/1.0\\r\\nHost: pico\\r\\n\\r\\n')
    await writer.drain()
    print((await reader.read(-1)).split(b'\\r\\n\\r\\n')[1].decode())
    server.close()
    await server.wait_closed()
asyncio.run(main())
""", virtual=False)
    assert ran.lines == ['{"pot": 0, "asked": "/pot"}']


def test_a_second_core_that_fills_a_queue_while_a_timer_ticks(run):
    ran = run("""
import _thread, time
from collections import deque
from machine import Timer
lock, queue, ticks = _thread.allocate_lock(), deque((), 20), 0
def tick(timer):
    global ticks
    ticks += 1
def core1():
    for i in range(5):
        with lock:
            queue.append(i)
        time.sleep_ms(20)
timer = Timer(period=10, mode=Timer.PERIODIC, callback=tick)
_thread.start_new_thread(core1, ())
got = []
while len(got) < 5:
    with lock:
        if queue:
            got.append(queue.popleft())
    time.sleep_ms(1)
timer.deinit()
print(got, ticks >= 7)
""")
    assert ran.lines == ["[0, 1, 2, 3, 4] True"]


def test_what_a_tutorial_for_an_esp32_begins_with(run):
    ran = run("""
import esp
esp.osdebug(None)
import gc
gc.collect()
from machine import Pin, deepsleep, reset_cause, DEEPSLEEP_RESET
print('woke from deep sleep' if reset_cause() == DEEPSLEEP_RESET else 'power on')
deepsleep(10000)
""", kind="esp32")
    assert ran.lines == ["power on", "machine.deepsleep(): the board resets after its sleep, and the application ends"]


def test_handlers_print_as_the_pyboards_tutorial_and_reference_have_it(new_world, tmp_path):
    world = new_world("pyboard")
    world.board.line("X1").link(world.board.line("SW"))
    world.board.line("X2").link(world.board.line("Y1"))
    script = tmp_path / "main.py"
    script.write_text("""
import pyb
from pyb import ExtInt, Pin
sw = pyb.Switch()
sw.callback(lambda: print('press!'))
def callback(line):
    print('line =', line)
ext = ExtInt(Pin('Y1'), ExtInt.IRQ_RISING, Pin.PULL_DOWN, callback)
tim = pyb.Timer(4, freq=20)
tim.callback(lambda t: print('tick', t.counter() < 100))
Pin('X1', Pin.OUT, value=1).low()
Pin('X2', Pin.OUT, value=0).high()
pyb.delay(70)
tim.deinit()
""")
    assert world.run(script) == 0
    assert "".join(world.printed).splitlines() == ["press!", "line = 6", "tick True"]
