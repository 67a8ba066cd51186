// Nobody is left to stop an emulator whose parent was killed: it would run for ever.

const EVERY_MS = 500;

/** Call `end` once the process that started this one is gone. */
export function whenOrphaned(end) {
  const parent = process.ppid;
  setInterval(() => { if (process.ppid !== parent) end(); }, EVERY_MS).unref();
}
