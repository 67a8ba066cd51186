// The I2C controllers at the speed of their buses, and with the events that the pico-sdk waits for: rp2040js's transfer
// in no time, and one whose device does not answer is never told that its FIFO is empty. What is on a bus has these:
//   start()                                    a start condition, or a repeated one
//   connect(address, reading, most, answer)    a master calls; it reads `most` bytes at most
//   write(byte, last, answer)                  `last`: the master is going to let the bus go
//   read()                                     gives the next byte
//   stop()
// `answer(acknowledged)` is called then or, while it holds the clock, later.

const TX_EMPTY = 1 << 4, EMPTY_WHEN_SENT = 1 << 8; // interrupt; the bit of IC_CON that the pico-sdk sets
const IC_DATA_CMD = 0x10, IC_ENABLE = 0x6c, ENABLED = 1, STOP = 1 << 9, RESTART = 1 << 10;
const IDLE = 0, CONNECTED = 3; // states of rp2040js's controller
const BYTE = 9; // clocks, with its acknowledgement
export const MANY = 32; // bytes: a master does not say how many it is going to read

/** A bus to which nothing is connected. */
const NOBODY = {
  start() {}, stop() {}, read: () => 0xff,
  connect(address, reading, most, answer) { answer(false); },
  write(byte, last, answer) { answer(false); },
};

/** Makes rp2040js's controller n behave so. What is on its bus may be put into its `bus`. */
export function adoptController(mcu, n) {
  const i2c = mcu.i2c[n];
  // A reset of the chip, which puts enumerable properties back, is nothing to what is on the bus.
  Object.defineProperty(i2c, 'bus', { value: NOBODY, writable: true, enumerable: false });
  const setInterrupts = i2c.setInterrupts.bind(i2c);
  const write = i2c.writeUint32.bind(i2c);
  let then = null, transfer = 0;
  i2c.alarm = mcu.clock.createAlarm(() => { const next = then; then = null; next?.(); }); // a reset cancels it

  const after = (clocks, what) => {
    then = what;
    i2c.alarm.schedule(clocks * (i2c.sclHighPeriod + i2c.sclLowPeriod) * 1e9 / mcu.clkSys);
  };
  /** An answer, which counts unless the controller has given up meanwhile. */
  const answered = (what) => {
    const asked = ++transfer;
    return (acknowledged) => {
      if (asked !== transfer) return;
      what(acknowledged);
      if (!i2c.busy || i2c.state !== CONNECTED) setInterrupts(TX_EMPTY);
    };
  };

  i2c.setInterrupts = (mask) => {
    if (mask !== TX_EMPTY || !i2c.busy || !(i2c.control & EMPTY_WHEN_SENT)) setInterrupts(mask);
  };
  i2c.onStart = () => after(1, () => { i2c.bus.start(); i2c.completeStart(); });
  i2c.onConnect = (address, mode) => after(BYTE, () => {
    const most = i2c.txFIFO.peek() & STOP ? 1 : MANY;
    i2c.bus.connect(address, mode === 1, most, answered((acknowledged) => i2c.completeConnect(acknowledged)));
  });
  i2c.onWriteByte = (byte) => after(BYTE, () => {
    i2c.bus.write(byte, i2c.stop, answered((acknowledged) => i2c.completeWrite(acknowledged)));
  });
  i2c.onReadByte = () => after(BYTE, () => i2c.completeRead(i2c.bus.read()));
  i2c.onStop = () => after(1, () => { i2c.bus.stop(); i2c.completeStop(); });
  const letGo = () => {
    transfer++; then = null;
    i2c.alarm.cancel();
    i2c.state = IDLE; i2c.busy = i2c.stop = i2c.pendingRestart = false;
    i2c.bus.stop();
  };
  let enabled = false; // anew: what it is given next begins a transfer, or goes on with the one before by a restart
  i2c.writeUint32 = (offset, value) => {
    if (offset === IC_DATA_CMD && enabled) {
      if (i2c.state === CONNECTED && !(value & RESTART)) letGo(); // the program gave that one up
      enabled = false;
    }
    write(offset, value);
    if (offset !== IC_ENABLE) return;
    if (value & ENABLED) enabled = true; else if (i2c.busy) letGo();
  };
}

/**
 * Two pins on which a program makes a bus by itself, as SoftI2C does, and I2C for a transfer without data: with
 * resistors to the supply, and `bus` at the other end. Call `changed` whenever the program changes one of them.
 */
export class PinBus {
  /** level(pin): what the program makes it: 0 if it drives it low, else 1. set(pin, level): what it then is. */
  constructor(scl, sda, bus, level, set) {
    Object.assign(this, { scl, sda, bus, level, set });
    this.pullsSda = false; this.holds = false; // what the other end does
    this.clock = this.data = 1; // what the lines are
    this.idle();
    this.changed();
  }
  idle() { this.phase = 'idle'; this.bits = 0; this.byte = 0; this.pullsSda = false; }

  changed() {
    for (;;) {
      const clock = this.holds ? 0 : this.level(this.scl), data = this.pullsSda ? 0 : this.level(this.sda);
      if (clock === this.clock && data === this.data) break;
      const clockBefore = this.clock, dataBefore = this.data;
      this.clock = clock; this.data = data;
      if (clock && clockBefore && data !== dataBefore) { if (data) this.stopped(); else this.started(); }
      else if (clock && !clockBefore) this.rose(data);
      else if (!clock && clockBefore) this.fell();
    }
    this.set(this.scl, this.clock);
    this.set(this.sda, this.data);
  }

  started() { this.idle(); this.phase = 'address'; this.bus.start(); }
  stopped() { if (this.phase !== 'idle') this.bus.stop(); this.idle(); }

  /** The clock has risen: a bit is on the line. */
  rose(data) {
    if (this.phase === 'address' || this.phase === 'write') { this.byte = this.byte << 1 | data; this.bits++; }
    else if (this.phase === 'read') this.bits++;
    else if (this.phase === 'master acknowledges' && data) this.phase = 'ignored'; // it wants no more
  }

  /** The clock has fallen: the next bit may be put on the line. */
  fell() {
    const { bits } = this;
    switch (this.phase) {
      case 'address': if (bits === 8) this.call(); break;
      case 'write': if (bits === 8) this.take(); break;
      case 'acknowledged':
        this.pullsSda = false; this.bits = this.byte = 0; this.phase = this.next;
        if (this.next === 'read') this.give();
        break;
      case 'master acknowledges': this.bits = 0; this.phase = 'read'; this.give(); break;
      case 'read':
        if (bits === 8) { this.pullsSda = false; this.phase = 'master acknowledges'; } else this.put();
        break;
    }
  }
  call() {
    const reading = (this.byte & 1) === 1;
    this.wait((answer) => this.bus.connect(this.byte >> 1, reading, MANY, answer), reading ? 'read' : 'write');
  }
  take() { const { byte } = this; this.wait((answer) => this.bus.write(byte, false, answer), 'write'); }
  /** Holds the clock until there is an answer. */
  wait(ask, next) {
    this.phase = 'acknowledged'; this.next = next;
    this.holds = true;
    let now = true;
    ask((acknowledged) => {
      if (this.phase !== 'acknowledged') return; // the chip was reset meanwhile
      this.holds = false;
      if (acknowledged) this.pullsSda = true; else this.phase = 'ignored';
      if (!now) this.changed();
    });
    now = false;
  }
  give() { this.out = this.bus.read(); this.put(); }
  put() { this.pullsSda = !(this.out >> (7 - this.bits) & 1); }
}
