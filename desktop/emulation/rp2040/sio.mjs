// SIO, the block that each core sees its own way: rp2040js has one, for core 0. Here each core has its own CPUID, its end
// of the two inter-core FIFOs, its own divider and interpolators; GPIO registers and spinlocks stay shared.

const SHARED = ['gpioValue', 'gpioOutputEnable', 'qspiGpioValue', 'qspiGpioOutputEnable', 'spinLock'];
const CPUID = 0x000, FIFO_ST = 0x050, FIFO_WR = 0x054, FIFO_RD = 0x058; // register offsets
const VALID = 1, READY = 2, WRITTEN_WHEN_FULL = 4, READ_WHEN_EMPTY = 8; // bits of FIFO_ST
const FIFO_DEPTH = 8;
const IRQ = [15, 16]; // SIO_IRQ_PROC0, SIO_IRQ_PROC1

/** The words in flight between the cores: words[n] waits for core n to read it. */
export class InterCoreFifo {
  constructor(mcu) { this.mcu = mcu; this.words = [[], []]; this.errors = [0, 0]; }

  status(n) {
    return (this.words[n].length ? VALID : 0) | (this.words[1 - n].length < FIFO_DEPTH ? READY : 0) | this.errors[n];
  }
  read(n) {
    if (!this.words[n].length) this.errors[n] |= READ_WHEN_EMPTY;
    const word = this.words[n].shift() ?? 0;
    this.updateInterrupt(n);
    return word;
  }
  write(n, word) {
    if (this.words[1 - n].length >= FIFO_DEPTH) { this.errors[n] |= WRITTEN_WHEN_FULL; this.updateInterrupt(n); return; }
    this.words[1 - n].push(word >>> 0);
    this.updateInterrupt(1 - n);
  }
  clearErrors(n) { this.errors[n] = 0; this.updateInterrupt(n); }
  updateInterrupt(n) { this.mcu.cores[n].setInterrupt(IRQ[n], this.words[n].length > 0 || this.errors[n] !== 0); }
}

/** Core n's view of SIO. `base` is rp2040js's own, which keeps the shared registers. */
export function makeSio(mcu, n, base) {
  class CoreSIO extends base.constructor {
    readUint32(offset) {
      switch (offset) {
        case CPUID: return n;
        case FIFO_ST: return mcu.fifo.status(n);
        case FIFO_RD: return mcu.fifo.read(n);
        default: return super.readUint32(offset);
      }
    }
    writeUint32(offset, value) {
      switch (offset) {
        case FIFO_ST: mcu.fifo.clearErrors(n); break;
        case FIFO_WR: mcu.fifo.write(n, value); break;
        default: super.writeUint32(offset, value);
      }
    }
  }
  const sio = new CoreSIO(mcu);
  for (const name of SHARED) {
    Object.defineProperty(sio, name, { get: () => base[name], set: (value) => { base[name] = value; } });
  }
  return sio;
}
