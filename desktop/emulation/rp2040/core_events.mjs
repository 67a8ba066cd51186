// Events and interrupts of the two cores, where rp2040js knows one: SEV reaches both, SEVONPEND and a masked pending
// interrupt end a WFE/WFI, each core has its own NVIC and SysTick, and IO_BANK0 has a second bank of enables for core 1.
import { ConsoleLogger } from './rp2040js.mjs';

const SCR = 0xd10, SEVONPEND = 16, SCR_BITS = 0x16; // System Control Register; MicroPython sets SEVONPEND on core 0
const IO_IRQ_BANK0 = 13;
const PROC1_INTE = 0x130, PROC1_INTF = 0x140, PROC1_LAST = 0x15c;

/** rp2040js tells of an executed SEV only by a log message: this logger turns it into the event, and keeps warnings. */
export class EventLogger extends ConsoleLogger {
  constructor(mcu, level) { super(level); this.mcu = mcu; }
  info(name, message) { if (message === 'SEV') this.mcu.sendEvent(); else super.info(name, message); }
  warn(name, message) { this.mcu.warnings.push(`${name}: ${message}`); super.warn(name, message); }
}

/** Makes an interrupt that becomes pending on core n wake it as the Cortex-M0+ does. Returns the core. */
export function adoptCore(mcu, core, n) {
  const setInterrupt = core.setInterrupt.bind(core);
  core.setInterrupt = (irq, value) => {
    const bit = 1 << irq;
    if (value && !(core.pendingInterrupts & bit)) {
      if (mcu.scr[n] & SEVONPEND) { core.eventRegistered = true; core.waiting = false; }
      else if (core.waiting && core.PM && core.enabledInterrupts & bit) core.waiting = false; // PRIMASK: wakes, no entry
    }
    setInterrupt(irq, value);
  };
  return core;
}

/** Gives core n's private peripheral bus (NVIC, SysTick, SCB) its own SysTick interrupt and SCR. */
export function adoptPpb(mcu, ppb, n) {
  ppb.systickAlarm.callback = () => {
    ppb.systickCountFlag = true;
    if (ppb.systickIntEnable) {
      const core = mcu.cores[n];
      core.pendingSystick = true; core.interruptsUpdated = true; core.waiting = false;
    }
    ppb.systickTimer.set(ppb.systickReload);
  };
  const read = ppb.readUint32.bind(ppb), write = ppb.writeUint32.bind(ppb);
  ppb.readUint32 = (offset) => (offset === SCR ? mcu.scr[n] : read(offset));
  ppb.writeUint32 = (offset, value) => { if (offset === SCR) mcu.scr[n] = value & SCR_BITS; else write(offset, value); };
}

/** Adds core 1's interrupt enables to the pins: PROC1_INTE, PROC1_INTF, PROC1_INTS. */
export function addCore1PinInterrupts(mcu) {
  const bank = mcu.peripherals[0x40014];
  const read = bank.readUint32.bind(bank), write = bank.writeUint32.bind(bank);
  for (const pin of mcu.gpio) {
    pin.irqEnable1 = 0; pin.irqForce1 = 0;
    // rp2040js reports only changes that matter to core 0; report every change that core 1 has enabled.
    let status = pin.irqStatus;
    Object.defineProperty(pin, 'irqStatus', {
      get: () => status,
      set: (value) => { if (value !== status) { status = value; if (pin.irqEnable1) mcu.updateIOInterrupt(); } },
    });
  }
  const isCore1 = (offset) => offset >= PROC1_INTE && offset <= PROC1_LAST;
  const firstPin = (offset) => (offset & 0xf) * 2; // each register holds 4 bits for each of 8 pins
  bank.readUint32 = (offset) => {
    if (!isCore1(offset)) return read(offset);
    const register = offset & ~0xf;
    let word = 0;
    for (let i = 7; i >= 0; i--) {
      const pin = mcu.gpio[firstPin(offset) + i];
      word <<= 4;
      if (!pin) continue;
      if (register === PROC1_INTE) word |= pin.irqEnable1;
      else if (register === PROC1_INTF) word |= pin.irqForce1;
      else word |= (pin.irqStatus & pin.irqEnable1) | pin.irqForce1;
    }
    return word;
  };
  bank.writeUint32 = (offset, value) => {
    if (!isCore1(offset)) { write(offset, value); return; }
    const register = offset & ~0xf;
    for (let i = 0; i < 8; i++) {
      const pin = mcu.gpio[firstPin(offset) + i];
      if (!pin) continue;
      const bits = (value >>> (i * 4)) & 0xf;
      if (register === PROC1_INTE) pin.irqEnable1 = bits; else if (register === PROC1_INTF) pin.irqForce1 = bits;
    }
    mcu.updateIOInterrupt();
  };
}

/** Sets IO_IRQ_BANK0 of each core from the pins it has enabled. */
export function updatePinInterrupts(mcu) {
  let forCore0 = false, forCore1 = false;
  for (const pin of mcu.gpio) {
    if (pin.irqValue) forCore0 = true;
    if ((pin.irqStatus & pin.irqEnable1) | pin.irqForce1) forCore1 = true;
  }
  mcu.cores[0].setInterrupt(IO_IRQ_BANK0, forCore0);
  mcu.cores[1].setInterrupt(IO_IRQ_BANK0, forCore1);
}
