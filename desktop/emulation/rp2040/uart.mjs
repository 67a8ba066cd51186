// The UARTs (PL011; RP2040 datasheet, 4.2), at their speed. rp2040js's send in no time, interrupt for each byte heard
// and assert their transmit interrupt again whenever it is cleared: MicroPython's driver never comes out of that.

const DR = 0x00, RSR = 0x04, FR = 0x18, ILPR = 0x20, LCR_H = 0x2c, CR = 0x30; // offsets of registers
const IFLS = 0x34, IMSC = 0x38, ICR = 0x44, DMACR = 0x48;
const RX = 1 << 4, TX = 1 << 5, RX_TIMEOUT = 1 << 6; // interrupts
const TX_EMPTY = 1 << 7, RX_FULL = 1 << 6, TX_FULL = 1 << 5, RX_EMPTY = 1 << 4, BUSY = 1 << 3; // FR
const ENABLED = 1, LOOPBACK = 1 << 7, TX_ENABLED = 1 << 8, RX_ENABLED = 1 << 9; // CR
const PARITY = 1 << 1, TWO_STOP_BITS = 1 << 3, FIFOS = 1 << 4; // LCR_H
const DEPTH = 32, LEVELS = [4, 8, 16, 24, 28]; // of the FIFOs: IFLS selects the level that interrupts
const SILENCE = 32; // bits without a byte, after which what is received interrupts though it is little

/** Puts a UART in the place of rp2040js's number n. Before the chip's state is remembered for resets. */
export function replaceUart(mcu, n) {
  const stock = mcu.uart[n];
  class Uart extends stock.constructor {
    constructor() {
      super(mcu, stock.name, stock.irq, stock.dreq);
      this.onByte = () => {}; // called with each byte when it begins to be sent
      this.onFormat = () => {}; // called when speed or format may have changed
      this.sent = []; this.received = [];
      this.sending = null; // the byte on the line
      this.interruptLevels = 0x12;
      this.shift = mcu.clock.createAlarm(() => this.gone());
      this.silence = mcu.clock.createAlarm(() => { if (this.received.length) this.raise(RX_TIMEOUT); });
    }
    get depth() { return this.lineCtrlRegister & FIFOS ? DEPTH : 1; }
    /** Bits of a byte, with start, parity and stop bits. */
    get frameBits() {
      const { lineCtrlRegister: lcr } = this;
      return 1 + this.wordLength + (lcr & PARITY ? 1 : 0) + (lcr & TWO_STOP_BITS ? 2 : 1);
    }
    get bitNanos() { return this.baudDivider ? 1e9 * 16 * this.baudDivider / mcu.clkPeri : 0; }
    get flags() {
      const { sent, received, depth } = this;
      return (sent.length ? 0 : TX_EMPTY) | (sent.length >= depth ? TX_FULL : 0) | (this.sending !== null ? BUSY : 0)
        | (received.length ? 0 : RX_EMPTY) | (received.length >= depth ? RX_FULL : 0);
    }
    trigger(shift) { return this.depth === 1 ? 1 : LEVELS[(this.interruptLevels >> shift) & 7] ?? LEVELS.at(-1); }

    raise(interrupt) { this.interruptStatus |= interrupt; this.checkInterrupts(); }
    checkInterrupts() { mcu.setInterrupt(this.irq, (this.interruptStatus & this.interruptMask) !== 0); }

    /** A byte arrives. Nobody's fault but the program's if it is not enabled, or does not empty its FIFO in time. */
    feedByte(byte) {
      if (!this.enabled || !this.rxEnabled || this.received.length >= this.depth) return;
      this.received.push(byte);
      if (this.received.length >= this.trigger(3)) this.interruptStatus |= RX;
      this.silence.schedule(SILENCE * this.bitNanos);
      this.checkInterrupts();
    }
    take() {
      const byte = this.received.shift() ?? 0;
      if (this.received.length < this.trigger(3)) this.interruptStatus &= ~RX;
      if (!this.received.length) { this.interruptStatus &= ~RX_TIMEOUT; this.silence.cancel(); }
      this.checkInterrupts();
      return byte;
    }

    send(byte) {
      if (this.sent.length >= this.depth) return;
      this.sent.push(byte);
      if (this.sent.length > (this.depth === 1 ? 0 : this.trigger(0))) this.interruptStatus &= ~TX;
      this.checkInterrupts();
      this.next();
    }
    next() {
      if (this.sending !== null || !this.sent.length || !this.enabled || !this.txEnabled) return;
      const before = this.sent.length;
      this.sending = this.sent.shift();
      const level = this.depth === 1 ? 0 : this.trigger(0);
      this.shift.schedule(this.frameBits * this.bitNanos);
      if (!(this.ctrlRegister & LOOPBACK)) this.onByte(this.sending);
      if (before > level && this.sent.length <= level) this.raise(TX); // it is a transition that interrupts
    }
    gone() {
      const byte = this.sending;
      this.sending = null;
      if (this.ctrlRegister & LOOPBACK) this.feedByte(byte);
      this.next();
    }

    readUint32(offset) {
      switch (offset) {
        case DR: return this.take();
        case RSR: case ILPR: case DMACR: return 0;
        case FR: return this.flags;
        case IFLS: return this.interruptLevels;
        default: return super.readUint32(offset);
      }
    }
    writeUint32(offset, value) {
      switch (offset) {
        case DR: this.send(value & 0xff); return;
        case RSR: case ILPR: case DMACR: return;
        case IFLS: this.interruptLevels = value & 0x3f; return;
        case ICR: this.interruptStatus &= ~this.rawWriteValue; this.checkInterrupts(); return;
        default: super.writeUint32(offset, value);
      }
      if (offset === IMSC) this.checkInterrupts();
      if (offset === LCR_H || offset === CR) { this.onFormat(); this.next(); }
    }
  }
  const uart = new Uart();
  mcu.uart[n] = uart;
  mcu.peripherals[n ? 0x40038 : 0x40034] = uart;
  return uart;
}
