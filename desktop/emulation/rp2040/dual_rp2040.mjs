// An RP2040 with both cores: stock rp2040js executes core 0 only. The cores' instructions are interleaved by their cycle
// counts, so emulated times are exact; `seed` with `quantum` and `jitter` picks another interleaving, the same each time.
import { RP2040, LogLevel } from './rp2040js.mjs';
import { InterCoreFifo, makeSio } from './sio.mjs';
import { FlashSSI, IOQspi } from './flash.mjs';
import { EventLogger, addCore1PinInterrupts, adoptCore, adoptPpb, updatePinInterrupts } from './core_events.mjs';
import { adoptController } from './i2c.mjs';
import { enableInputs } from './pads.mjs';
import { adoptPio } from './pio.mjs';
import { adoptSpi } from './spi.mjs';
import { replaceUart } from './uart.mjs';
import { ChipReset, PowerOn, armWatchdog } from './watchdog.mjs';

const NANOS_PER_CYCLE = 8; // 125 MHz
const PSM_PROC1 = 0x10000; // core 1's bit in the power-on state machine
const SIO_IRQS = (1 << 15) | (1 << 16);

export class DualRP2040 extends RP2040 {
  /**
   * seed: start of the random sequence; jitter: most cycles that a simulated flash stall costs, 0 for none;
   * quantum: most instructions that a core executes before the other is looked at.
   */
  constructor({ quantum = 1, seed = 1, jitter = 0, level = LogLevel.Error } = {}) {
    super();
    this.warnings = [];
    this.logger = new EventLogger(this, level);
    this.quantum = quantum; this.jitter = jitter; this.random = seed >>> 0 || 1;
    this.fifo = new InterCoreFifo(this);
    this.scr = [0, 0];
    const stockSio = this.sio;
    this.Core = this.core.constructor;
    this.cores = [this.core, new this.Core(this)];
    this.ppbs = [this.ppb, new this.ppb.constructor(this, 'PPB1')];
    this.cores.forEach((core, n) => adoptCore(this, core, n));
    this.ppbs.forEach((ppb, n) => adoptPpb(this, ppb, n));
    this.addClockListener((frequency) => { for (const ppb of this.ppbs) ppb.systickTimer.frequency = frequency; });
    this.sios = [0, 1].map((n) => makeSio(this, n, stockSio));
    this.core1Held = false; // in reset by PSM
    this.lead = 0; // cycles that core 0 is ahead of core 1 while both run
    this.current = 0;
    this.idleNanos = 0; this.instructions = [0, 0];
    this.deadlock = false; // both cores asleep, and nothing is going to happen
    this.pause = false; // set by who waited for real time to pass: `run` is to end soon, so that input arrives
    this.horizon = Infinity; // nanos: while both cores sleep, time is not to pass this one
    this.watchCore1Reset();
    const ssi = new FlashSSI(this, this.peripherals[0x18000]);
    this.peripherals[0x18000] = ssi;
    this.peripherals[0x40018] = new IOQspi(this, ssi);
    addCore1PinInterrupts(this);
    enableInputs(this);
    for (const n of [0, 1]) { replaceUart(this, n); adoptController(this, n); adoptSpi(this, n); adoptPio(this, this.pio[n]); }
    this.select(0);
    this.onReset = () => {}; // called with "watchdog" or "reset" when the chip has been reset: see boot in board.mjs
    armWatchdog(this);
    this.powerOn = new PowerOn(this);
  }

  /** Resets both cores and all peripherals, as the watchdog does. Flash, SRAM and the clock of the emulation stay. */
  resetChip() {
    this.peripherals[0x18000].interrupted();
    this.powerOn.restore();
    this.cores.forEach((_, n) => { this.cores[n] = adoptCore(this, new this.Core(this), n); this.cores[n].reset(); });
    this.core1Held = false; this.lead = 0; this.deadlock = false;
    this.select(0);
  }

  watchCore1Reset() {
    const psm = this.peripherals[0x40010];
    const write = psm.writeUint32.bind(psm);
    psm.writeUint32 = (offset, value) => {
      const before = psm.frceOff & PSM_PROC1;
      write(offset, value);
      const now = psm.frceOff & PSM_PROC1;
      if (now && !before) this.core1Held = true;
      else if (!now && before) { this.core1Held = false; this.resetCore1(); }
    };
  }
  /** Core 1 starts in the boot ROM, which waits for the launch handshake over the FIFO. */
  resetCore1() {
    const pending = this.cores[0].pendingInterrupts & ~SIO_IRQS;
    const core = adoptCore(this, new this.Core(this), 1);
    this.scr[1] = 0;
    core.pendingInterrupts = pending;
    core.reset();
    this.cores[1] = core;
    if (this.current === 1) this.select(1);
    this.fifo.updateInterrupt(1);
    this.lead = 0;
  }

  select(n) { this.current = n; this.core = this.cores[n]; this.ppb = this.ppbs[n]; this.sio = this.sios[n]; }
  sendEvent() { for (const core of this.cores) { core.eventRegistered = true; core.waiting = false; } }
  setInterrupt(irq, value) {
    if (!this.cores) { super.setInterrupt(irq, value); return; } // called by the base constructor
    this.cores[0].setInterrupt(irq, value); this.cores[1].setInterrupt(irq, value);
  }
  updateIOInterrupt() { if (this.cores) updatePinInterrupts(this); else super.updateIOInterrupt(); }

  /** xorshift32 */
  nextRandom() {
    let x = this.random;
    x ^= x << 13; x ^= x >>> 17; x ^= x << 5;
    return (this.random = x >>> 0);
  }

  /**
   * Executes about `limit` instructions, both cores together; ends earlier, with `deadlock` set, when neither can go on,
   * at the horizon, and when the chip resets, `onReset` having been called.
   */
  run(limit) {
    try {
      return this.runCores(limit);
    } catch (error) {
      if (!(error instanceof ChipReset)) throw error;
      this.resetChip();
      this.onReset(error.reason);
      return 0;
    }
  }
  runCores(limit) {
    const { clock, quantum } = this;
    const core0 = this.cores[0];
    let done = 0;
    while (done < limit) {
      const core1 = this.cores[1];
      const asleep0 = core0.waiting, asleep1 = this.core1Held || core1.waiting;
      if (asleep0 && asleep1) {
        if (!clock.nextAlarm) { this.deadlock = true; break; }
        const left = Math.max(this.horizon - clock.nanos, 0);
        const nanos = Math.min(Math.max(clock.nanosToNextAlarm, NANOS_PER_CYCLE), left);
        this.idleNanos += nanos; this.lead = 0;
        clock.tick(nanos);
        done++;
        if (nanos === left || this.pause) { this.pause = false; break; }
        continue;
      }
      if (asleep0 || asleep1) { done += this.runAlone(asleep0 ? 1 : 0, limit - done); continue; }
      const n = this.lead > 0 ? 1 : 0; // the core that is behind goes next
      if (n !== this.current) this.select(n);
      const core = n ? core1 : core0;
      const most = quantum === 1 ? 1 : 1 + (this.nextRandom() % quantum);
      let cycles = 0, executed = 0;
      do { cycles += core.executeInstruction(); executed++; } while (executed < most && !core.waiting);
      cycles += this.stall();
      done += executed; this.instructions[n] += executed;
      let elapsed; // time moves on by what both cores have lived through
      if (n === 0) { elapsed = Math.min(cycles, -this.lead); this.lead += cycles; }
      else { elapsed = Math.min(cycles, this.lead); this.lead -= cycles; }
      if (elapsed > 0) clock.tick(elapsed * NANOS_PER_CYCLE);
    }
    return done;
  }

  /** Executes up to `limit` instructions of core n while the other sleeps, which is most of the time: a tight loop. */
  runAlone(n, limit) {
    const { clock } = this;
    const core = this.cores[n], other = this.cores[1 - n];
    this.lead = 0;
    if (n !== this.current) this.select(n);
    let done = 0;
    do {
      const cycles = core.executeInstruction() + this.stall();
      done++;
      const now = clock.nanosCounter + cycles * NANOS_PER_CYCLE;
      const alarm = clock.nextAlarm;
      if (alarm !== null && alarm.nanos <= now) clock.tick(cycles * NANOS_PER_CYCLE); else clock.nanosCounter = now;
    } while (done < limit && !core.waiting && (other.waiting || (this.core1Held && n === 0)) && other === this.cores[1 - n]);
    this.instructions[n] += done;
    return done;
  }

  /** Cycles lost now and then as to a flash cache miss: with another seed, the cores interleave in another way. */
  stall() { return this.jitter && (this.nextRandom() & 63) === 0 ? this.nextRandom() % this.jitter : 0; }
}
