"""What a type checker knows of drivers: of right uses the types, of wrong ones the mistake; and that it is so."""

import pytest

from twincore import drivers

from type_checking import Types

pytestmark = pytest.mark.cpython

HEAD = """
from __future__ import annotations
from collections.abc import Callable
from typing import Any
from twincore import drivers
from twincore.core import Event, Stream, create_task
from twincore.drivers.channel import Channel
from twincore.drivers.gps import DD, DM, DMS, KML, LONG, MPH, RMC
from twincore.offload import Worker

class Pin:
    OUT = 1
    def __call__(self, level: int | None = None) -> int: return 0
    def init(self, mode: int, value: int = 0) -> None: ...
    def irq(self, handler: Callable[[Pin], object] | None, trigger: int = 3, hard: bool = False) -> None: ...

class Bus:
    def scan(self) -> list[int]: return [0x40]
    def writeto(self, addr: int, buf: bytes, stop: bool = True) -> int: return len(buf)
    def readfrom(self, addr: int, nbytes: int, stop: bool = True) -> bytes: return bytes(nbytes)
    def readfrom_into(self, addr: int, buf: bytearray, stop: bool = True) -> None: ...

class Readings:
    def put_sync(self, v: float | drivers.FailedReading, block: bool | None = None) -> None: ...

class Whole:
    def put_sync(self, v: int, block: bool | None = None) -> None: ...

class Talker(drivers.GPS):
    def reparse(self, segs: list[str]) -> None: print(segs)

def read() -> float: return 1.0
def beep() -> None: print()
def tea(kind: str, cups: int = 1) -> None: print(kind, cups)
def pressed(data: int, addr: int, room: str = "") -> None: print(data, addr, room)
def moved(gps: drivers.AS_GPS, kind: int, log: list[int]) -> None: log.append(kind)
def answered(gps: Talker, segs: list[Any]) -> None: print(segs)
def late(names: list[str]) -> None: print(names)
async def backup(path: str) -> int: return len(path)
async def greenhouse(channel: Channel) -> None: print(channel.name)
async def echo(link: drivers.SynCom) -> None: link.send(await link.await_obj())

async def main(pin: Pin, stream: Stream, event: Event) -> None:
    gps = drivers.AS_GPS(stream, fix_cb=moved, cb_mask=RMC, fix_cb_args=([],))
    sequence = drivers.Sequence()
    modem = drivers.HalfDuplex(stream, until=(b"OK", b"ERROR"))
    log = drivers.Logger("/sd/log.csv", on_error=print)
    dog = drivers.Watchdog(2000, on_late=late)
    client = drivers.HeartbeatClient("192.168.0.41", name="greenhouse")
    records = drivers.RecordOrientedUart(stream)
    lcd = drivers.LCD((16, 17, 18, 19, 20, 21), cols=16)
"""

KNOWN = {  # expression: its type
    "gps.latitude()[0]": "float",
    "gps.latitude(DD)[0]": "float",
    "gps.longitude(DM)[:2]": "tuple[int, float]",
    "gps.longitude(DMS)[:3]": "tuple[int, int, int]",
    "gps.latitude_string(KML)": "str",
    "gps.speed(MPH)": "float",
    "gps.date_string(LONG)": "str",
    "await gps.get_satellite_data()": "dict[int, tuple[int | None, int | None, int]]",
    "gps.satellites_used": "list[int]",
    "await drivers.GPS_Timer(stream, pin).pulse()": "int",
    "await drivers.GPS_RWTimer(stream, stream, pin).calibrate()": "int",
    "Talker(stream, stream, msg_cb=answered).version": "list[str] | None",
    "await modem.send_command('AT+CSQ')": "list[bytes]",
    "await records": "bytes",
    "[record async for record in records]": "list[bytes]",
    "lcd[0]": "str",
    "drivers.cron(wday=range(5), hrs=(8, 17), mins=30)(0.5)": "int",
    "sequence": "Sequence[tuple[Any, ...]]",
    "[args async for args in drivers.Sequence[tuple[str, int]]()]": "list[tuple[str, int]]",
    "await drivers.schedule(backup, 'x', times=1, hrs=3)": "Task[int] | None",
    "await drivers.schedule(divmod, 7, 2, times=1)": "tuple[int, int] | None",
    "[reading async for reading in client]": "list[Any]",
    "drivers.HeartbeatServer(handler=greenhouse).clients": "dict[str, Channel]",
    "[reading.humidity async for reading in drivers.HTU21D(Bus())]": "list[float]",
    "(await drivers.HTU21D(Bus())).temperature": "float",
    "log.source(256).write(b'x', 1)": "bool",
    "log.error": "BaseException | None",
    "await drivers.metrics(5)()": "None",
    "dog.expect('sampler', 500)": "Sign",
    "drivers.Responder(pin, pin, pin).stream()": "Stream",
    "drivers.SDCard(pin, pin).serial": "int | None",
    "drivers.SynCom(True, pin, pin, pin, pin).any()": "int | None",
}

RIGHT = [
    "create_task(drivers.schedule(sequence, 'tea', hrs=16))",
    "async for (what,) in sequence: print(what)",
    "async for name, cups in sequence: tea(name, cups)",
    "create_task(drivers.schedule(tea, 'green', mins=None, secs=(0, 30)))",
    "create_task(drivers.schedule(event, mday=-1))",
    "create_task(drivers.heartbeat(500))",
    "create_task(drivers.heartbeat(500, pin))",
    "drivers.AS_GPS(None, 1, moved, RMC, ([],)).take(b'')",
    "drivers.AS_GPS(None, fix_cb=print)",
    "with drivers.KMLLog('/sd/log.kml') as track: await track.follow(gps, 10)",
    "drivers.NEC_IR(pin, pressed)",
    "drivers.NEC_IR(pin, pressed, False, 'kitchen')",
    "await drivers.NECTransmitter(pin, Worker()).send(0x59, 0x16)",
    "async with drivers.Polled(read, 0.5, Readings()) as polled: print(polled.late)",
    "async with log: log.line('started')",
    "dog.watch(Worker(), 1000)",
    "pin.irq(dog.expect('edges', 500))",
    "create_task(client.run())",
    "await drivers.SynCom(True, pin, pin, pin, pin).start(echo)",
    "drivers.Initiator(pin, pin, pin, reset=(pin, 0, 200), cr_go=tea, go_args=('black',))",
    "lcd[0] = 'Hello'",
    "create_task(drivers.metrics(report=print)())",
]

WRONG = {  # statement: what is said of it
    "gps.latitude(KML)": 'No overload variant of "latitude"',
    "gps.speed(DD)": r'has incompatible type "Literal\[1\]"',
    "gps.data_received(position=True)": "must be used",  # no await
    "drivers.AS_GPS(stream, fix_cb=beep)": 'Argument "fix_cb"',
    "drivers.GPS(stream, stream, msg_cb=answered)": 'Argument "msg_cb"',  # that is for a Talker
    "drivers.GPS(stream, pin)": 'has incompatible type "Pin"',
    "drivers.GPS_Timer(stream, lambda: 0)": 'Argument 2 to "GPS_Timer"',  # it does not interrupt
    "drivers.schedule(backup, 'x', hrs=3)": "must be used",
    "await drivers.schedule(tea, 'x', 'y')": "Too many arguments|No overload variant",
    "await drivers.schedule(beep, hours=3)": 'Unexpected keyword argument "hours"',
    "await drivers.schedule(3)": 'No overload variant of "schedule"',
    "drivers.cron(secs=None)": 'Argument "secs"',
    "drivers.cron(hrs='8')": 'Argument "hrs"',
    "drivers.heartbeat(500)": "must be used",
    "modem.send_command('AT')": "must be used",
    "await records.send_record('text')": 'has incompatible type "str"; expected "Buffer"',
    "lcd['0']": 'Invalid index type "str"',
    "drivers.HeartbeatServer(handler=beep)": 'Argument "handler"',
    "drivers.HTU21D(pin)": 'has incompatible type "Pin"; expected "_I2C"',
    "drivers.NEC_IR(pin, beep)": "incompatible type",
    "drivers.NECTransmitter(pin, Worker(), 2)": "incompatible type",
    "drivers.NECTransmitter(pin, print)": 'expected "Worker"',
    "drivers.Polled(read, 0.5, Whole())": "incompatible type",
    "drivers.Polled(read(), 0.5, Readings())": 'has incompatible type "float"',
    "log.flush()": "must be used",
    "log.source().write('text')": 'has incompatible type "str"',
    "drivers.Watchdog(2000, on_late=beep)": 'Argument "on_late"',
    "create_task(drivers.metrics())": "incompatible type",  # metrics()()
    "drivers.SDCard(pin, lambda level: None)": "incompatible type",
    "await drivers.SynCom(True, pin, pin, pin, pin).start(beep)": 'Argument 1 to "start"',
    "drivers.Loger": 'has no attribute "Loger"',
}


class TestTypes(Types):
    layer = "drivers"
    head, known, right, wrong = HEAD, KNOWN, RIGHT, WRONG
    given = frozenset(drivers._MODULES)
