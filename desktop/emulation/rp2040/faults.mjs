// What a real core answers with a HardFault, and rp2040js with a warning: an access where nothing is, an access that is
// not aligned, an instruction that does not exist, a breakpoint without a debugger. MicroPython's handler of it only
// locks the core up, so here the run ends at once, with the place.

/** Core `core` can't go on. `pc` is the instruction, as exactly as it is known. */
export class HardFault extends Error {
  constructor(core, pc, what) {
    super(`core ${core} crashed: hard fault at 0x${pc.toString(16)}: ${what}`);
    this.core = core; this.pc = pc;
  }
}

// Where the RP2040 has something, and rp2040js perhaps not: [first, last] (datasheet, 2.2).
const THERE = [
  [0x00000000, 0x00003fff], [0x10000000, 0x15003fff], [0x18000000, 0x180000ff], [0x20000000, 0x20041fff],
  [0x21000000, 0x2103ffff], [0x40000000, 0x5fffffff], [0xd0000000, 0xd00001ff], [0xe0000000, 0xe00fffff],
];
const nothingThere = (hex) => {
  const address = parseInt(hex, 16);
  return !THERE.some(([first, last]) => first <= address && address <= last);
};

const FAULTS = [ // rp2040js's message, and what it means; false: a real chip would go on
  [/^Read from invalid memory address: ([0-9a-f]+)$/, (at) => nothingThere(at) && `it reads 0x${at}, where there is nothing`],
  [/^Write to undefined address: ([0-9a-f]+)$/, (at) => nothingThere(at) && `it writes to 0x${at}, where there is nothing`],
  [/^read from address ([0-9a-f]+), which is not 32 bit aligned$/, (at) => `it reads a word at 0x${at}, which is not aligned`],
  [/^Warning: Instruction at [0-9a-f]+ is not implemented yet!$/, () => 'there is no such instruction'],
];

/** Makes the chip throw HardFault. */
export function watchFaults(mcu) {
  const crash = (what) => { throw new HardFault(mcu.current, (mcu.core.PC - 2) >>> 0, what); };
  const { logger } = mcu;
  for (const level of ['warn', 'error']) {
    const tell = logger[level].bind(logger);
    logger[level] = (name, message) => {
      for (const [pattern, words] of FAULTS) {
        const match = message.match(pattern);
        const what = match && words(...match.slice(1));
        if (what) crash(what);
      }
      tell(name, message);
    };
  }
  mcu.onBreak = () => crash('a breakpoint, as of an assertion or a panic of the firmware');
}
