// The SPI controllers at the speed of their buses: rp2040js transfers in no time, and has nothing at the other end. What is
// on a bus has these:
//   exchange(words, bits)    what it answers to these words, one to each
//   offer()                  the byte that it is going to send next: for a program that makes the clock, see PinSpi
// A bus is asked once for a word and those that wait behind it in the FIFO: the master wants the answers to all of them,
// and what is outside hears of them some hundred nanoseconds early.

/** A bus to which nothing is connected: MISO is at rest. */
const NOBODY = { exchange: (words, bits) => words.map(() => (1 << bits) - 1) };

/** Makes rp2040js's controller n behave so. What is on its bus may be put into its `bus`. */
export function adoptSpi(mcu, n) {
  const spi = mcu.spi[n];
  // A reset of the chip, which puts enumerable properties back, is nothing to what is on the bus.
  Object.defineProperty(spi, 'bus', { value: NOBODY, writable: true, enumerable: false });
  spi.answers = []; // to the word that is sent now, and to those behind it that are known outside
  spi.shift = mcu.clock.createAlarm(() => spi.completeTransmit(spi.answers.shift())); // a reset cancels it
  spi.onTransmit = (word) => {
    const bits = spi.dataBits;
    if (!spi.answers.length) spi.answers.push(...spi.bus.exchange([word, ...spi.txFIFO.items], bits));
    spi.shift.schedule(spi.clockFrequency ? bits * 1e9 / spi.clockFrequency : 0);
  };
}

/**
 * Three pins on which a program makes the clock by itself, as SoftSPI does, with `bus` at the other end: mode 0, in which
 * both sides take a bit when the clock rises.
 */
export class PinSpi {
  /** level(): what the program makes of MOSI, 0 or 1. set(value): what MISO then is. */
  constructor(bus, level, set) {
    Object.assign(this, { bus, level, set });
    this.clock = 0;
    this.bits = this.sent = this.received = 0;
  }

  /** The program has made the clock so. */
  changed(clock) {
    if (clock === this.clock) return;
    this.clock = clock;
    if (clock) this.rose(); else this.put();
  }
  rose() {
    if (this.bits === 0) { this.received = this.bus.offer(); this.put(); } // now, as before it may not have been selected
    this.sent = (this.sent << 1 | this.level()) & 0xff;
    if (++this.bits < 8) return;
    this.bits = 0;
    this.bus.exchange([this.sent], 8);
  }
  put() { this.set(this.received >> (7 - this.bits) & 1); }
}
