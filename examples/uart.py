"""Two UARTs and a wire: lines; packets that end with a pause; and questions to a modem that says when it is done.

    twincore run examples/uart.py --link GP0:GP5 --link GP4:GP1 [--virtual | --on rp2040]

UART 0 is the program's, UART 1 plays what is at the other end of the wires.
"""

from machine import UART, Pin

from twincore import core
from twincore.drivers import HalfDuplex
from twincore.primitives import StreamReaderTo

PACKETS = b"\x01\x02\x03", b"a longer one"


async def device(stream):
    """What is at the other end: says hello, sends packets with pauses between them, then answers as a modem does."""
    stream.write(b"hello\n")
    await stream.drain()
    for packet in PACKETS:
        await core.sleep_ms(100)
        stream.write(packet)
        await stream.drain()
    answers = {b"AT\r\n": b"OK\r\n", b"AT+CSQ\r\n": b"+CSQ: 17,0\r\nOK\r\n"}
    while True:
        command = await stream.readline()
        stream.write(answers.get(command, b"ERROR\r\n"))
        await stream.drain()


async def main():
    port = UART(0, 115200, tx=Pin(0), rx=Pin(1))
    playing = core.create_task(device(core.Stream(UART(1, 115200, tx=Pin(4), rx=Pin(5)))))
    reader = StreamReaderTo(port)
    print("line", await core.wait_for(reader.readline(), 5))

    packet = bytearray(32)
    for expected in PACKETS:
        count = 0
        while not count:  # nothing yet
            count = await reader.readintotim(packet, 30)  # 30 ms without a byte end it
        print("packet", bytes(packet[:count]))
        assert packet[:count] == expected

    modem = HalfDuplex(reader, timeout=500, until=(b"OK", b"ERROR"))
    for command in ("AT", "AT+CSQ", "AT+WHAT"):
        print(command, await modem.send_command(command))
    playing.cancel()
    print("the end")


core.run(main())
