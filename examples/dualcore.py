"""The whole idea in one file, the same on CPython, MicroPython unix and an RP2040.

An interrupt (a thread that plays one, where there are none) puts 12-bit samples into a ThreadSafeQueue. A task
collects them into blocks, the second core (a worker thread) transforms each block, a blocking function reads and
checksums a file, and a heartbeat task shows that the scheduler never stood still meanwhile.

    twincore run examples/dualcore.py [SAMPLES] [--on cpython|micropython|rp2040]
"""

import hashlib
import math
import sys
import time
from array import array

from twincore import core as asyncio
from twincore.offload import Worker, unblock
from twincore.threadsafe import ThreadSafeEvent, ThreadSafeQueue

RP2 = sys.platform == "rp2"
if RP2:  # here: an import, of `machine` too, looks at the files, which core 1 has later
    from machine import PWM, Pin
BITS = 6
BLOCK = 1 << BITS  # samples in a transform
RATE = 500  # interrupts per second
SCALE = 1 << 12  # fixed point of the twiddle factors and the window
STAMP = (1 << 18) - 1  # the low bits of an item: its time in microseconds; the sample is above, 30 bits in all

PERIODS = 5, 11  # what the sensor sees: two oscillations, that many times in a block
WAVE = array("H", [0] * BLOCK)
for i in range(BLOCK):
    angle = 2 * math.pi * i / BLOCK
    WAVE[i] = int(2048 + 1200 * math.sin(PERIODS[0] * angle) + 500 * math.cos(PERIODS[1] * angle))
COS = array("h", [round(SCALE * math.cos(2 * math.pi * i / BLOCK)) for i in range(BLOCK)])
WINDOW = array("h", [round(SCALE / 2 * (1 - math.cos(2 * math.pi * i / BLOCK))) for i in range(BLOCK)])  # Hann

if hasattr(time, "ticks_us"):
    now_us = time.ticks_us
else:

    def now_us():
        return time.monotonic_ns() // 1000


class Source:
    """The interrupt: `on_edge` is all that runs in it. It allocates nothing and never waits."""

    def __init__(self, queue, total):
        self.queue = queue
        self.total = total
        self.count = 0
        self.lost = 0
        self.finished = ThreadSafeEvent()
        self.handler = self.on_edge  # bound here, since binding allocates

    def on_edge(self, _):
        if self.count == self.total:
            return
        if self.queue.full():
            self.lost += 1
        else:
            self.queue.put_sync(WAVE[self.count % BLOCK] << 18 | now_us() & STAMP)
        self.count += 1
        if self.count == self.total:
            self.finished.set()

    def start(self):
        if RP2:  # pin 2 drives pin 3 through a wire
            Pin(3, Pin.IN).irq(self.handler, Pin.IRQ_RISING, hard=True)
            self.pwm = PWM(Pin(2), freq=RATE, duty_u16=32768)
        else:
            from _thread import start_new_thread

            start_new_thread(self.play, ())

    def play(self):
        start = now_us()
        while self.count < self.total:
            wait = start + self.count * 1000000 // RATE - now_us()
            if wait > 0:
                time.sleep(wait / 1000000)
            self.handler(None)

    def stop(self):
        if RP2:
            self.pwm.deinit()
            Pin(3, Pin.IN).irq(None)


def transform(samples):
    """The Hann-windowed Fourier transform of a block, all in integers (radix 2, in place); returns re, im."""
    re = [0] * BLOCK
    im = [0] * BLOCK
    for i in range(BLOCK):
        j = 0
        for b in range(BITS):
            j |= (i >> b & 1) << (BITS - 1 - b)
        re[j] = (samples[i] - 2048) * WINDOW[i] // SCALE
    half = 1
    while half < BLOCK:
        step = BLOCK // (2 * half)
        for k in range(half):
            c = COS[k * step]
            s = -COS[(k * step + 3 * BLOCK // 4) % BLOCK]
            for i in range(k, BLOCK, 2 * half):
                j = i + half
                tr = (re[j] * c - im[j] * s) // SCALE
                ti = (re[j] * s + im[j] * c) // SCALE
                re[j], im[j] = re[i] - tr, im[i] - ti
                re[i], im[i] = re[i] + tr, im[i] + ti
        half *= 2
    return re, im


def formula(samples, k):
    """Coefficient `k` by the definition: the sum over the block, with the same window; returns re, im."""
    re = im = 0
    for i in range(BLOCK):
        x = (samples[i] - 2048) * WINDOW[i] // SCALE
        re += x * COS[i * k % BLOCK]
        im += x * COS[(i * k + BLOCK // 4) % BLOCK]  # -sin
    return re // SCALE, im // SCALE


def agrees(samples, spectrum):
    """Whether the transform is what the definition says, at the two peaks and between them, but for rounding."""
    re, im = spectrum
    first, second = PERIODS
    between = (first + second) // 2
    for k in (first, between, second):
        fr, fi = formula(samples, k)
        if abs(re[k] - fr) > BLOCK or abs(im[k] - fi) > BLOCK:
            return False
    power = [re[k] * re[k] + im[k] * im[k] for k in range(BLOCK // 2)]
    return power[first] == max(power) and power[second] > power[between]


def checksum(path):
    """The SHA-256 of a file and its length. Blocks while it reads: for `unblock`."""
    digest = hashlib.sha256()
    size = 0
    with open(path, "rb") as f:
        while True:
            part = f.read(512)
            if not part:
                return digest.digest(), size
            digest.update(part)
            size += len(part)


def resolve(name):
    """The addresses of a host. Blocks while the name server thinks."""
    import socket

    return sorted({info[4][0] for info in socket.getaddrinfo(name, 80)})


async def collect(queue, blocks, total, report):
    """Items in, blocks out: checks that every sample comes, once and in order, and how old it is."""
    samples = array("H")
    for i in range(total):
        item = await queue.get()
        report.latency.append(now_us() - item & STAMP)
        if item >> 18 != WAVE[i % BLOCK]:
            report.wrong += 1
        samples.append(item >> 18)
        if len(samples) == BLOCK:
            await blocks.put(samples)
            samples = array("H")
        report.received += 1
    blocks.close()


async def analyse(blocks, worker, report):
    """Each block is transformed, and the result checked, on the second core."""
    async for samples in blocks:
        spectrum = await worker.assign(transform, samples)
        if await worker.assign(agrees, samples, spectrum):
            report.verified += 1
        report.blocks += 1


async def read_files(path, report):
    """A blocking function, awaited over and over: the scheduler goes on while the file is read."""
    first = await unblock(checksum, path)
    while not report.finished:
        if await unblock(checksum, path) != first:
            report.wrong += 1
        report.files += 1
        await asyncio.sleep_ms(50)
    report.file_size = first[1]


async def heartbeat(report):
    last = now_us()
    while True:
        await asyncio.sleep_ms(10)
        now = now_us()
        report.gap = max(report.gap, now - last & 0xFFFFFFF)
        last = now


class Report:
    def __init__(self):
        self.received = self.wrong = self.blocks = self.verified = self.files = self.file_size = self.gap = 0
        self.finished = False
        self.latency = array("I")

    def rows(self, source):
        latency = sorted(self.latency)
        yield "samples in", source.count
        yield "samples out", self.received
        yield "lost", source.lost + source.count - self.received
        yield "out of order", self.wrong
        yield "blocks verified", f"{self.verified} of {self.blocks}"
        yield "file reads awaited", f"{self.files} of {self.file_size} bytes"
        yield "wake-up p50", f"{latency[len(latency) // 2]} us"
        yield "wake-up p99", f"{latency[len(latency) * 99 // 100]} us"
        yield "longest heartbeat", f"{self.gap / 1000:.1f} ms (every 10)"

    def good(self, source):
        return (
            self.received == source.total
            and source.lost + self.wrong == 0
            and self.verified == self.blocks == source.total // BLOCK
            and self.files > 0
        )


async def main(total):
    report = Report()
    queue = ThreadSafeQueue([0] * 128)
    blocks = ThreadSafeQueue(8)
    source = Source(queue, total)
    beat = asyncio.create_task(heartbeat(report))
    async with Worker("core 1") as worker:
        reading = asyncio.create_task(read_files(sys.argv[0], report))
        source.start()
        try:
            await asyncio.gather(collect(queue, blocks, total, report), analyse(blocks, worker, report))
            await source.finished.wait()
        finally:
            source.stop()
            report.finished = True
        if sys.implementation.name == "cpython":
            print("localhost is", ", ".join(await unblock(resolve, "localhost")))
        await reading
    beat.cancel()
    for name, value in report.rows(source):
        print(f"{name:20}{value}")
    return report.good(source)


if __name__ == "__main__":
    try:
        good = asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 512))
    except KeyboardInterrupt:
        print("interrupted")
        sys.exit(130)
    finally:
        asyncio.new_event_loop()  # ends what is left: the interrupt's pin, the worker
    print("all samples accounted for, all results verified" if good else "FAILED")
    sys.exit(0 if good else 1)
