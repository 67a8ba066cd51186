// A board's filesystem in a file of this machine, so that it outlives the emulator. The file is replaced whole: littlefs
// stands a power failure at any time, and so what the flash holds at any moment can be mounted.
import fs from 'node:fs';

const PERIOD = 1000; // ms

export class KeptFlash {
  /** memory: the part of flash to be kept. */
  constructor(memory, file) {
    this.memory = memory; this.file = file; this.kept = Buffer.alloc(0);
    this.save();
    setInterval(() => this.save(), PERIOD).unref();
  }

  /** Writes the file if the flash has changed. */
  save() {
    if (this.kept.equals(this.memory)) return;
    const whole = Buffer.from(this.memory);
    fs.writeFileSync(`${this.file}.part`, whole);
    fs.renameSync(`${this.file}.part`, this.file);
    this.kept = whole;
  }
}
