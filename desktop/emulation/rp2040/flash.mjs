// The flash chip: a small SPI NOR behind the SSI controller, so that MicroPython's filesystem can erase and program it.
// Chip select is GPIO_QSPI_SS_CTRL.OUTOVER, which is how the boot ROM's flash routines drive it. Erasing and programming
// take no time here; on a board a sector takes 45 ms, as a rule.
import { HardFault } from './faults.mjs';
import { BasePeripheral } from './rp2040js.mjs';

const WRITE_ENABLE = 0x06, WRITE_DISABLE = 0x04, READ = 0x03, PAGE_PROGRAM = 0x02; // commands
const READ_STATUS_1 = 0x05, READ_STATUS_2 = 0x35, READ_JEDEC_ID = 0x9f, READ_UNIQUE_ID = 0x4b;
const ERASE_SIZE = { 0x20: 4096, 0x52: 32768, 0xd8: 65536 };
const FLASH_START = 0x10000000, FLASH_END = 0x14000000; // where it is seen when it is not being written
const WFE = 0xbf20, WAIT_LOOP = 12; // the instruction; most bytes between it and another one of its loop
const JEDEC_ID = [0xef, 0x40, 0x15]; // Winbond, 2 MB, as on a Pico
const DR = 0x60, RXFLR = 0x24, SR = 0x28, TXFLR = 0x10 /* also SER */, SR_IDLE = 0x6, SR_RX_NOT_EMPTY = 8, RISR = 0x48;

class NorFlash {
  constructor(memory) { this.memory = memory; this.sent = []; this.writeEnabled = false; }

  /** One byte clocked in; returns the byte clocked out with it. */
  exchange(byte) {
    const { sent } = this;
    sent.push(byte);
    const position = sent.length - 1;
    if (position === 0) {
      if (byte === WRITE_ENABLE) this.writeEnabled = true;
      if (byte === WRITE_DISABLE) this.writeEnabled = false;
      return 0xff;
    }
    switch (sent[0]) {
      case READ_STATUS_1: return this.writeEnabled ? 2 : 0;
      case READ_STATUS_2: return 2;
      case READ_JEDEC_ID: return JEDEC_ID[position - 1] ?? 0;
      case READ_UNIQUE_ID: return position > 4 ? 0xe0 + position : 0;
      case READ: return position >= 4 ? this.memory[this.address + position - 4] : 0xff;
      default: return 0xff;
    }
  }
  get address() { return (this.sent[1] << 16) | (this.sent[2] << 8) | this.sent[3]; }

  /** The command is over (chip select rises): an erase or a program takes effect. */
  finish() {
    const { sent, memory } = this;
    const size = ERASE_SIZE[sent[0]];
    if (this.writeEnabled && size && sent.length >= 4) {
      const start = this.address & ~(size - 1);
      memory.fill(0xff, start, start + size);
      this.writeEnabled = false;
    } else if (this.writeEnabled && sent[0] === PAGE_PROGRAM && sent.length > 4) {
      const start = this.address;
      for (let i = 4; i < sent.length; i++) memory[start + i - 4] &= sent[i];
      this.writeEnabled = false;
    }
    this.sent = [];
  }
}

/** SSI with the flash chip on its wires; what concerns execution in place stays with rp2040js's own SSI. */
export class FlashSSI extends BasePeripheral {
  constructor(mcu, stockSsi) {
    super(mcu, 'SSI');
    this.stock = stockSsi;
    this.chip = new NorFlash(mcu.flash);
    this.received = [];
    this.selected = true;
    this.selfFramed = true; // chip select is left to SSI, which frames each transfer
  }
  select(on) {
    if (on && !this.selected) { this.chip.sent = []; this.received = []; } else if (!on && this.selected) this.chip.finish();
    this.selected = on;
  }
  /** While flash is erased or programmed nothing can be executed from it: the other core is to be locked out. */
  checkOtherCore() {
    const { cores, current, core1Held } = this.rp2040;
    const n = 1 - current, other = cores[n];
    if (other.waiting || (n === 1 && core1Held) || other.PC < FLASH_START || other.PC >= FLASH_END) return;
    if (this.isWaitLoop(other.PC)) return;
    throw new HardFault(n, other.PC, `it executes from flash, which core ${current} is erasing or programming`);
  }
  /**
   * Whether the code at this address goes round a WFE. MicroPython's lock-out waits in such a loop, and its compiler put
   * the loop in flash: on a chip the XIP cache serves it, and an interrupt that becomes pending (SEVONPEND) does no harm.
   */
  isWaitLoop(address) {
    const code = this.rp2040.flash;
    const at = address - FLASH_START;
    for (let i = at - WAIT_LOOP; i <= at + WAIT_LOOP; i += 2) if ((code[i] | (code[i + 1] << 8)) === WFE) return true;
    return false;
  }
  /** The chip resets in the middle of what it has sent: chip select rises, and the flash does what it got that far. */
  interrupted() { this.select(false); }
  readUint32(offset) {
    switch (offset) {
      case RXFLR: return this.received.length;
      case SR: return SR_IDLE | (this.received.length ? SR_RX_NOT_EMPTY : 0);
      case DR: return this.received.shift() ?? 0;
      case TXFLR: case RISR: return 0;
      default: return this.stock.readUint32(offset);
    }
  }
  writeUint32(offset, value) {
    if (offset === DR) {
      if (!this.selfFramed) this.checkOtherCore();
      else if (!this.received.length) this.chip.finish();
      this.received.push(this.selected ? this.chip.exchange(value & 0xff) : 0xff);
    } else if (offset !== TXFLR) this.stock.writeUint32(offset, value);
  }
}

const SS_CTRL = 1; // which of the six QSPI pins is chip select
const OUTOVER = { shift: 8, mask: 3, low: 2, high: 3 };

/** IO_QSPI: the pin controls through which the boot ROM pulls chip select by hand. */
export class IOQspi extends BasePeripheral {
  constructor(mcu, ssi) { super(mcu, 'IO_QSPI'); this.ctrl = new Uint32Array(6); this.ssi = ssi; }
  readUint32(offset) {
    if (offset >= 0x30) return 0;
    const pin = offset >> 3;
    if (offset & 4) return this.ctrl[pin];
    return pin === SS_CTRL ? 1 << 17 : 0;
  }
  writeUint32(offset, value) {
    if (offset >= 0x30 || !(offset & 4)) return;
    const pin = offset >> 3;
    this.ctrl[pin] = value;
    if (pin !== SS_CTRL) return;
    const override = (value >> OUTOVER.shift) & OUTOVER.mask;
    this.ssi.selfFramed = override < OUTOVER.low;
    this.ssi.select(override !== OUTOVER.high);
  }
}
