// A Pico on a bench: the chip with its firmware and filesystem in flash, its USB serial console, and jumper wires.
import fs from 'node:fs';
import { USBCDC } from './rp2040js.mjs';
import { DualRP2040 } from './dual_rp2040.mjs';
import { watchFaults } from './faults.mjs';
import { Pads } from './pads.mjs';

const FLASH_START = 0x10000000, RPI_PICO_FILESYSTEM = 0xa0000, BOOTROM_SIZE = 16384;
const TEMPERATURE = 4, AT_27_DEGREES = 876; // channel of the ADC, and 0.706 V of 3.3 (datasheet, 4.9.5)
const SLICE = 20_000; // instructions between two looks at limits and predicates
const SLICES_PER_TURN = 25; // slices between two turns of the event loop, where signals and input arrive

/** Both cores sleep and no alarm is pending: without input from outside nothing will ever happen again. */
export class Deadlock extends Error {
  constructor() { super('deadlock: both cores asleep and no alarm pending'); }
}
/** `which` is "wall", "emulated" or "until". */
export class LimitReached extends Error {
  constructor(which, text) { super(text); this.which = which; }
}

export class Board {
  /**
   * firmware, bootrom: files; littlefs: file with the filesystem's first blocks, or nothing; littlefs_at: where in flash
   * it lies; the rest: see DualRP2040.
   */
  constructor({ firmware, bootrom, littlefs, littlefs_at = RPI_PICO_FILESYSTEM, ...chip }) {
    const mcu = this.mcu = new DualRP2040(chip);
    watchFaults(mcu);
    this.pads = new Pads(mcu);
    mcu.adc.channelValues[TEMPERATURE] = AT_27_DEGREES;
    const rom = fs.readFileSync(bootrom);
    mcu.bootrom.set(new Uint32Array(rom.buffer.slice(rom.byteOffset, rom.byteOffset + BOOTROM_SIZE)));
    mcu.flash.fill(0xff);
    for (const core of mcu.cores) core.reset();
    mcu.flash.set(fs.readFileSync(firmware), 0);
    if (littlefs) mcu.flash.set(fs.readFileSync(littlefs), littlefs_at);
    this.onData = () => {}; // called with each packet of console output
    this.onReset = () => {}; // called with "watchdog" or "reset" (by software) when the board begins to boot anew
    mcu.onReset = (reason) => { this.boot(); this.onReset(reason); };
    this.done = () => false; // what `until` waits for
    this.realTime = null; // or what keeps the board in real time: a RealTime
    this.boot();
  }

  /** The chip has just been reset, by power or otherwise: the cores start, and the USB host finds a new device. */
  boot() {
    const { mcu } = this;
    mcu.cores[0].PC = FLASH_START; // the second-stage loader; core 1 runs the real boot ROM and sleeps there
    this.connected = false;
    this.toSend = []; this.sent = 0; // console input that the board has not read yet, and how much of it is gone
    this.readSize = null; // how much the board is ready to read, null when it is not
    const cdc = this.cdc = new USBCDC(mcu.usbCtrl);
    cdc.onSerialData = (packet) => {
      this.onData(packet);
      if (this.done()) mcu.horizon = Math.min(mcu.horizon, mcu.clock.nanos); // it has done its work: let it not sleep on
    };
    cdc.onDeviceConnected = () => { this.connected = true; };
    // rp2040js answers each read at once, with nothing if there is nothing, and so floods the board; here it waits.
    mcu.usbCtrl.onEndpointRead = (endpoint, size) => {
      if (endpoint === cdc.outEndpoint) { this.readSize = size; this.pump(); }
    };
  }

  /** A jumper wire: output pin `from` drives input pin `to`. */
  wire(from, to) { this.pads.wire(from, to); }

  get emulatedMs() { return this.mcu.clock.nanos / 1e6; }

  /** Types `data` (string or bytes) into the board's console. */
  send(data) {
    for (const byte of Buffer.from(data)) this.toSend.push(byte);
    this.pump();
    this.realTime?.nudge();
  }
  pump() {
    if (this.readSize === null || this.sent === this.toSend.length) return;
    const packet = Uint8Array.from(this.toSend.slice(this.sent, this.sent + this.readSize));
    this.sent += packet.length;
    if (this.sent === this.toSend.length) { this.toSend = []; this.sent = 0; }
    this.readSize = null;
    this.mcu.usbCtrl.endpointReadDone(this.cdc.outEndpoint, packet);
  }

  /**
   * Runs the board until `done()`; throws Deadlock or LimitReached. wallMs, emulatedMs, untilMs: limits from now on.
   * idle: an async function called when the board sleeps for good; true means "go on, input has come". In real time there
   * is no such sleep: who is outside may do something at any time.
   */
  async until(done, { wallMs = Infinity, emulatedMs = Infinity, untilMs = Infinity, idle = async () => false } = {}) {
    const wallEnd = performance.now() + wallMs, start = this.emulatedMs;
    const end = start + Math.min(emulatedMs, untilMs);
    this.mcu.horizon = end * 1e6;
    this.done = done;
    for (let slices = 1; !done(); slices++) {
      if (this.realTime) await this.realTime.turn(end, wallEnd - performance.now()); else this.mcu.run(SLICE);
      if (this.mcu.deadlock) {
        this.mcu.deadlock = false;
        await nextTurn(); // a signal or input may be on its way
        if (!done() && this.asleep && !(await idle())) throw new Deadlock();
      }
      if (done()) break; // although time may have jumped to a limit since: a board that has done its work sleeps
      const passed = this.emulatedMs - start;
      if (performance.now() > wallEnd) throw new LimitReached('wall', `stopped after ${wallMs / 1000} s`);
      if (passed >= untilMs) throw new LimitReached('until', `stopped after ${untilMs / 1000} s of emulated time, as asked`);
      if (passed >= emulatedMs) throw new LimitReached('emulated', `stopped after ${emulatedMs / 1000} s of emulated time`);
      if (slices % SLICES_PER_TURN === 0) await nextTurn();
    }
    this.done = () => false;
  }
  get asleep() {
    const { mcu } = this;
    return mcu.cores[0].waiting && (mcu.core1Held || mcu.cores[1].waiting) && !mcu.clock.nextAlarm;
  }
}

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));
