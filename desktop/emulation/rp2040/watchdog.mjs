// The watchdog, and the reset of the whole chip that it makes; machine.reset() is its trigger, too. rp2040js counts (twice
// a tick, as the chip does: RP2040-E1) and has no reset. Here each peripheral gets back what it held when it was made;
// flash, SRAM, REASON and SCRATCH keep theirs, and so does what is outside of the chip: levels on pins, who listens.
const WATCHDOG = 0x40058, PSM = 0x40010, TIMER = 0x40054, RTC = 0x4005c;
const FORCED = 2; // in REASON
const BOOT_MAGIC = 0xb007c0d3, ROM_END = 0x4000; // in SCRATCH4: the boot ROM jumps to what is in SCRATCH7 (RP2040 datasheet, 2.8.1.1)
const OUTSIDE = new Set(['rawInputValue', 'channelValues', 'listeners', 'lastValue']);

/** Thrown to leave the instruction, or the alarm, in which the chip resets. `reason`: "watchdog", "reset" by software, "bootloader". */
export class ChipReset extends Error {
  constructor(reason) { super(`the chip resets: ${reason}`); this.reason = reason; }
}

/** Makes the watchdog of the chip throw ChipReset; PSM.WDSEL says whether it does anything. */
export function armWatchdog(mcu) {
  const watchdog = mcu.peripherals[WATCHDOG];
  watchdog.onWatchdogTrigger = () => {
    if (mcu.peripherals[PSM].wdsel) throw new ChipReset(reasonOf(watchdog));
  };
}

function reasonOf({ reason, scratchData }) {
  if (scratchData[4] === BOOT_MAGIC && scratchData[7] < ROM_END) return 'bootloader'; // the ROM's own, of USB
  return reason === FORCED ? 'reset' : 'watchdog';
}

function disarm(watchdog) {
  watchdog.enable = watchdog.alarm.enable = watchdog.timer.enable = false;
}

/** What the peripherals of a chip just made hold, to be put back. */
export class PowerOn {
  constructor(mcu) {
    this.mcu = mcu;
    this.values = []; // [object, name, value]
    this.contents = []; // [array, copy]
    this.alarms = [];
    // The microsecond timer begins at zero again; the emulation's clock goes on.
    this.zero = 0;
    const timerClock = mcu.peripherals[TIMER].clock = Object.create(mcu.clock);
    Object.defineProperty(timerClock, 'nanos', { get: () => mcu.clock.nanos - this.zero });
    const seen = new Set([mcu, mcu.clock, timerClock, mcu.logger, mcu.flash, mcu.peripherals[WATCHDOG], ...mcu.cores]);
    this.remember([...Object.values(mcu.peripherals), mcu.gpio, mcu.qspi, mcu.ppbs, mcu.sios, mcu.fifo, mcu.scr], seen);
  }

  remember(object, seen) {
    if (seen.has(object)) return;
    seen.add(object);
    if (ArrayBuffer.isView(object)) { this.contents.push([object, object.slice()]); return; }
    if (typeof object.schedule === 'function' && 'scheduled' in object) { this.alarms.push(object); return; }
    if (Array.isArray(object)) this.contents.push([object, [...object]]);
    for (const name of Object.keys(object)) {
      const value = object[name];
      if (OUTSIDE.has(name) || typeof value === 'function') continue;
      if (!Array.isArray(object)) this.values.push([object, name, value]);
      if (value !== null && typeof value === 'object') this.remember(value, seen);
    }
  }

  restore() {
    const { mcu } = this;
    for (const pio of mcu.pio) pio.stop();
    for (const alarm of this.alarms) alarm.cancel();
    for (const [object, name, value] of this.values) object[name] = value;
    for (const [array, copy] of this.contents) {
      if (Array.isArray(array)) array.splice(0, array.length, ...copy); else array.set(copy);
    }
    disarm(mcu.peripherals[WATCHDOG]);
    this.zero = mcu.clock.nanos;
    mcu.peripherals[RTC].baselineNanos = mcu.clock.nanos;
    for (const pin of mcu.gpio) pin.checkForUpdates(); // it drives its line no more
  }
}
