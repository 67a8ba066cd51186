// What is around the board: lines, chips and buses, simulated by the Python process that started this one. This is the
// board's side of ../outside/, where the messages are listed. It asks, and waits for the answer, at each
// change of a pin, byte and conversion that matters there, and at the time at which something is to happen there: so
// the two share the board's time, and a run repeats.
import fs from 'node:fs';
import { GPIOPinState } from './rp2040js.mjs';
import { MANY, PinBus } from './i2c.mjs';
import { isOutput } from './pads.mjs';
import { PinSpi } from './spi.mjs';
import { hearKnocks, reportPins } from './people.mjs';
import { hearPulses } from './pulses.mjs';

const STATES = {
  [GPIOPinState.Low]: 'low', [GPIOPinState.High]: 'high', [GPIOPinState.Input]: 'input',
  [GPIOPinState.InputPullUp]: 'up', [GPIOPinState.InputPullDown]: 'down', [GPIOPinState.InputBusKeeper]: 'input',
};
const SPI = 1, UART = 2, I2C = 3; // functions of pins
const ADC_PINS = 4, SAMPLE_NANOS = 2000;
const USUAL = [[5, 4], [7, 6]]; // SCL and SDA of I2C 0 and 1, until the program chooses others
const USUAL_SPI = [[18, 19, 16], [10, 11, 8]]; // SCK, MOSI and MISO

export const STOPPED = { crash: 73, 'short circuit': 74 }; // exit codes
/** The run ends: what is outside says why. `ending`: "short circuit", or "crash" if something failed there. */
export class Stopped extends Error {
  constructor(message, ending = 'crash') { super(message); this.ending = ending; }
}

export class Outside {
  /** `folder` has the named pipes. Nothing happens before `begin`. */
  constructor(board, folder) {
    const { mcu, pads } = board;
    Object.assign(this, { board, mcu, pads, folder });
    this.requests = fs.openSync(`${folder}/requests`, 'w');
    this.answers = fs.openSync(`${folder}/answers`, 'r');
    this.unread = '';
    this.tellPins = () => {}; // to people who look at them
    this.knocked = false; // somebody there wants to do something
    this.start = null; // nanos: outside, time begins there
    this.there = this.receive();
    this.wake = mcu.clock.createAlarm(() => this.ask('time'));
    this.buses = this.there.buses.map(({ number, pins }, index) => new Bus(this, index, number, pins));
    this.pinBuses = new Set();
    this.usedBy = USUAL.map((pins) => [...pins]); // the pins of each I2C controller
    this.placed = USUAL.map(() => [null, null]); // that it was given last: one by one
    this.spiBuses = this.there.spi.map((bus, index) => new SpiBus(this, index, bus));
  }

  /** The program starts. */
  begin() {
    const { mcu, pads, there } = this;
    this.start = mcu.clock.nanos;
    for (const [pin, level] of Object.entries(there.pins)) {
      pads.nets[pin] = (state) => { this.ask('pin', Number(pin), STATES[state]); return true; };
      pads.set(Number(pin), level);
    }
    for (const pin of Object.keys(there.pins)) pads.settle(Number(pin));
    for (const [pin, alone] of Object.entries(there.pulses)) hearPulses(this, Number(pin), alone);
    if (this.buses.length) this.connectBuses();
    if (this.spiBuses.length) this.connectSpi();
    for (const n of there.uarts) {
      const uart = mcu.uart[n];
      uart.onByte = (byte) => this.ask('uart', n, byte);
      uart.onFormat = () => { if (uart.baudDivider) this.ask('format', n, uart.baudRate, uart.frameBits); };
      uart.onFormat();
    }
    mcu.adc.onADCRead = (channel) => {
      if (channel < ADC_PINS) this.ask('adc', channel);
      mcu.adc.currentChannel = channel;
      mcu.adc.sampleAlarm.schedule(SAMPLE_NANOS);
    };
    for (const pin of mcu.gpio) this.watchFunction(pin);
    this.ask('time');
    if (this.board.realTime) hearKnocks(this, `${this.folder}/knocks`);
    if (there.seen) this.tellPins = reportPins(this);
  }

  /** In real time, now and then: is there somebody who wants to do something? */
  look() {
    if (this.knocked) { this.knocked = false; this.ask('time'); }
  }
  stateOf(n) { return STATES[this.mcu.gpio[n].value]; }

  watchFunction(pin) {
    let before = null;
    const check = () => {
      const now = pin.functionSelect;
      if (now === before) return;
      if (now === I2C) this.placeBus(pin.index);
      const wired = pin.index in this.there.pins;
      if (wired && (now === UART || before === UART)) this.ask('function', pin.index, now === UART);
      before = now;
    };
    const update = pin.checkForUpdates.bind(pin);
    pin.checkForUpdates = () => { update(); check(); };
    check();
  }

  // I2C: by its controllers, or by the program itself on two pins

  connectBuses() {
    this.mcu.i2c.forEach((i2c, n) => { i2c.bus = new Choice(() => this.busesAt(n, this.usedBy[n])); });
    for (const pins of USUAL) if (!pins.some((pin) => pin in this.there.pins)) this.pinBus(...pins);
    for (const { pins } of this.buses) if (pins) this.pinBus(...pins);
  }
  busesAt(n, [scl, sda]) {
    return this.buses.filter((bus) => (bus.pins ? bus.pins[0] === scl && bus.pins[1] === sda : bus.number === n));
  }
  /** The program has given pin `n` to its I2C controller. */
  placeBus(n) {
    const controller = n >> 1 & 1, placed = this.placed[controller];
    placed[n & 1 ? 0 : 1] = n;
    if (!this.buses.length || !placed.every((pin) => this.mcu.gpio[pin]?.functionSelect === I2C)) return;
    this.usedBy[controller] = [...placed];
    this.pinBus(...placed);
  }
  /** As long as there is a bus at these pins, what is on it sees what the program does with them. */
  pinBus(scl, sda) {
    const key = `${scl} ${sda}`;
    const here = () => this.busesAt(this.usedBy.findIndex((pins) => pins[0] === scl && pins[1] === sda), [scl, sda]);
    if (this.pinBuses.has(key) || !here().length) return;
    const { mcu, pads } = this;
    const level = (pin) => (mcu.gpio[pin].value === GPIOPinState.Low ? 0 : 1);
    const bus = new PinBus(scl, sda, new Choice(here), level, (pin, value) => pads.set(pin, value));
    this.pinBuses.add(key);
    for (const pin of [scl, sda]) {
      const others = pads.nets[pin];
      pads.nets[pin] = (state) => {
        if (!here().length) return others?.(state);
        bus.changed();
        return true;
      };
    }
  }

  // SPI: likewise. A bus with a number is where the controller has its pins, and for a program itself at the usual ones.

  connectSpi() {
    this.mcu.spi.forEach((spi, n) => {
      const has = (pin) => pin === null || (this.mcu.gpio[pin].functionSelect === SPI && (pin >> 3 & 1) === n);
      const reached = () => this.spiBuses.filter(({ number, pins }) => (pins ? pins.every(has) : number === n));
      spi.bus = { exchange: (words, bits) => together(reached(), words, bits) };
    });
    const places = this.spiBuses.map(({ number, pins }) => pins ?? USUAL_SPI[number]);
    for (const key of new Set(places.map(String))) {
      const here = this.spiBuses.filter((_, index) => String(places[index]) === key);
      this.connectClock(here, places.find((pins) => String(pins) === key));
    }
  }
  /** What is on these buses sees the clock that the program makes at these pins. */
  connectClock(buses, [sck, mosi, miso]) {
    const { mcu, pads } = this;
    const bus = {
      exchange: (words, bits) => together(buses, words, bits), offer: () => together(buses, null, 8)[0],
    };
    const level = () => (mosi !== null && mcu.gpio[mosi].value === GPIOPinState.High ? 1 : 0);
    const master = new PinSpi(bus, level, (value) => { if (miso !== null) pads.set(miso, value); });
    const others = pads.nets[sck];
    pads.nets[sck] = (state) => {
      if (isOutput(state)) master.changed(state === GPIOPinState.High ? 1 : 0);
      return others?.(state);
    };
    if (miso !== null) {
      const before = pads.nets[miso];
      pads.nets[miso] = (state) => (isOutput(state) ? before?.(state) : true); // as an input it has what the master sets
    }
  }

  // The conversation

  get now() { return Math.floor((this.mcu.clock.nanos - this.start) / 1000); }

  ask(what, ...details) {
    fs.writeSync(this.requests, `${JSON.stringify([this.now, what, ...details])}\n`);
    const { next, happened, paused, stop } = this.receive();
    if (stop) throw new Stopped(stop.why, stop.ending);
    if (paused) this.mcu.pause = true;
    this.wake.cancel();
    if (next !== null) this.wake.schedule(Math.max(0, this.start + next * 1000 - this.mcu.clock.nanos));
    for (const [kind, ...values] of happened) this.apply[kind].apply(this, values);
  }
  receive() {
    const piece = Buffer.alloc(4096);
    let end;
    while ((end = this.unread.indexOf('\n')) < 0) {
      const count = fs.readSync(this.answers, piece);
      if (count === 0) throw new Stopped('what is around the board has gone');
      this.unread += piece.toString('utf8', 0, count);
    }
    const line = this.unread.slice(0, end);
    this.unread = this.unread.slice(end + 1);
    return JSON.parse(line);
  }
  apply = {
    pin(n, level) { this.pads.set(n, level); },
    uart(n, byte) { this.mcu.uart[n].feedByte(byte); },
    adc(channel, value) { this.mcu.adc.channelValues[channel] = value; },
    i2c(index, ...answer) { this.buses[index].answered(...answer); },
    spi(index, answers) { this.spiBuses[index].answers = answers; },
    call(number, nanos) { this.mcu.clock.createAlarm(() => this.ask('call', number)).schedule(nanos); },
  };
}

/** A bus outside; see i2c.mjs. What a master writes is sent there when it is complete, what it reads comes at once. */
class Bus {
  constructor(outside, index, number, pins) {
    Object.assign(this, { outside, index, number, pins });
    this.asked = 0;
    this.forget();
  }
  forget() { this.waits = null; this.sent = []; this.bytes = []; this.refused = false; }

  start() {
    if (this.sent.length) this.send(false, (acknowledged) => { this.refused = !acknowledged; }); // see `connect`
  }
  connect(address, reading, most, answer) {
    const { refused } = this;
    this.forget();
    if (refused) { answer(false); return; } // it is late to say so, and the only way that is left
    this.address = address;
    this.ask(answer, 'connect', address, reading ? most : 0);
  }
  write(byte, last, answer) {
    this.sent.push(byte);
    if (last) this.send(true, answer); else answer(true);
  }
  read() { return this.bytes.shift() ?? 0xff; }
  stop() {
    if (this.sent.length) this.send(true, () => {});
    this.forget();
  }
  send(stop, answer) {
    const data = this.sent;
    this.sent = [];
    this.ask(answer, 'write', this.address, data, stop);
  }
  ask(answer, ...what) {
    this.waits = answer;
    this.outside.ask('i2c', this.index, ++this.asked, ...what);
  }
  /** What was asked before, and is answered when the master has given up, is of no interest any more. */
  answered(asked, acknowledged, bytes) {
    if (asked !== this.asked || !this.waits) return;
    const answer = this.waits;
    this.waits = null;
    this.bytes = bytes;
    answer(acknowledged);
  }
}

/** The buses that a master reaches just now: the first of them that acknowledges the address is meant. */
class Choice {
  constructor(buses) { this.buses = buses; this.meant = null; }
  start() { this.meant?.start(); }
  connect(address, reading, most, answer) {
    const next = ([bus, ...others]) => {
      this.meant = bus ?? null;
      if (!bus) { answer(false); return; }
      bus.connect(address, reading, most, (acknowledged) => {
        if (acknowledged || !others.length) answer(acknowledged); else next(others);
      });
    };
    next(this.buses());
  }
  write(byte, last, answer) { if (this.meant) this.meant.write(byte, last, answer); else answer(false); }
  read() { return this.meant?.read() ?? 0xff; }
  stop() { this.meant?.stop(); }
}

/** An SPI bus outside; see spi.mjs. */
class SpiBus {
  constructor(outside, index, { number, pins }) {
    Object.assign(this, { outside, index, number, pins });
    this.answers = [];
  }
  exchange(words, bits) { this.outside.ask('spi', this.index, words, bits); return this.answers; }
}

/** What buses on the same wires answer; to null: the byte that is going to come. Who is not selected lets MISO rest. */
function together(buses, words, bits) {
  const rest = (words ?? [0]).map(() => (1 << bits) - 1);
  const answers = buses.map((bus) => bus.exchange(words, bits));
  return answers.reduce((all, some) => all.map((word, n) => word & some[n]), rest);
}
