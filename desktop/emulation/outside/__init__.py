"""What is around the emulated RP2040: the same lines, buses and chips as around a simulated board.

The emulator asks, at each edge, byte and conversion that matters here, and waits for the answer; it comes too when
something is to happen here by itself. So both have one time, the emulator's, and a run repeats. `Outside` is what to
use; `circuit` answers, `../rp2040/outside.mjs` is the emulator's side.

The emulator writes a line of JSON into the named pipe `requests` and reads one from `answers`:

| request | |
|---|---|
| `[us, "time"]` | it is that late: us since the program was started, as in all requests, never less than before |
| `[us, "pin", n, state]` | the pin's state is now "low", "high", "input", "up" or "down" (inputs with a pull) |
| `[us, "pulses", n, lengths, level]` | of pulses there, high, low, high, ... in ns, until now; `level` now |
| `[us, "function", n, uart]` | the pin is now one of a UART, or no more |
| `[us, "uart", n, byte]` | UART n begins to send a byte |
| `[us, "format", n, baud, bits]` | its speed, and how many bits a byte has with start and stop |
| `[us, "adc", channel]` | it converts the voltage there |
| `[us, "i2c", bus, asked, "connect", address, most]` | a master wants to read up to so many bytes; 0: to write |
| `[us, "i2c", bus, asked, "write", address, bytes, stop]` | what it has written; `stop`: and it lets the bus go |
| `[us, "spi", bus, words, bits]` | a master exchanges words of so many bits; null: which byte will it get next? |
| `[us, "call", number]` | the time for that call has come |
| `[us, "seen", pins]` | how pins are that have changed, for who looks at the board: see `seen` |

| in an answer | |
|---|---|
| `next` | when something is going to happen here: the emulator comes with "time" then; null: nothing, as things are |
| `happened` | what the emulator has to do, in that order |
| `["pin", n, level]` | the pin's wire has that level |
| `["uart", n, byte]` | a byte has arrived |
| `["adc", channel, value]` | 0 to 4095 |
| `["i2c", bus, asked, acknowledged, bytes]` | now or in a later answer: until then the clock is held |
| `["spi", bus, answers]` | one to each word, in the answer to this very request |
| `["call", number, nanos]` | in so many ns from this request on it is to come with "call" |
| `paused` | real time has passed in here, so that the emulator should look for signals |
| `stop` | null as a rule; else the run must end: its `ending`, "short circuit" or "crash", and `why` |

The first answer, before any request, says what there is: `pins` with their levels, `buses`, each with its `number`
or its `pins` (SCL, SDA), `spi`, likewise (SCK, MOSI, MISO, null for one that there is not), `uarts`, and `pulses`: the
pins whose pulses are read, and whether their outputs need not be asked about one by one, as nothing else is on their
wire. `seen`: it is to tell of all pins, now and then.

An emulator in real time also comes with "time" when something is written to the pipe `knocks`.
"""

from .board import EmulatedBoard
from .outside import Outside

__all__ = ["EmulatedBoard", "Outside"]
