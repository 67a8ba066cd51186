// The board as it stands, for who looks into it afterwards (../postmortem): memory, and each core's registers.
import fs from 'node:fs';

/** Writes the RAM to `file`; returns what belongs into the report: {registers, asleep, held, interrupt} of each core. */
export function dump(mcu, file) {
  fs.writeFileSync(file, mcu.sram);
  return mcu.cores.map((core, n) => ({
    registers: [...core.registers],
    asleep: core.waiting,
    held: n === 1 && mcu.core1Held, // in reset: never started, or stopped
    interrupt: core.IPSR, // the exception it serves, 0 if none
  }));
}
