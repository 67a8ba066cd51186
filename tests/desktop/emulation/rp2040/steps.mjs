// usage: node steps.mjs --firmware=FILE --bootrom=FILE --littlefs=FILE --steps=FILE [--seed=N] [--jitter=N]
// Takes an emulated board through steps, a JSON list, and prints a JSON list of what each did; ends at one that fails.
//   {"run": CODE, "interrupt": MS}  executes it in the raw REPL; types Ctrl-C so many ms, emulated, after it first prints
//   {"soft_reset": true}            Ctrl-D in the raw REPL
// A result has "output", "traceback", "resets" (why the chip was reset meanwhile) and "error", such as a deadlock.
import fs from 'node:fs';
import { makeBoard, parseOptions } from '../../../../desktop/emulation/rp2040/options.mjs';
import { RawRepl } from '../../../../desktop/emulation/rp2040/raw_repl.mjs';

const LIMITS = { wallMs: 30_000, emulatedMs: 6_000 };
const RAW_PROMPT = 'raw REPL; CTRL-B to exit\r\n>';
const CTRL_C = '\x03', CTRL_D = '\x04';

const options = parseOptions(process.argv.slice(2));
const board = makeBoard(options);
const repl = new RawRepl(board);
let resets = [];

class Reset extends Error {}
board.onReset = (reason) => { resets.push(reason); throw new Reset(); };

async function step({ run, interrupt, soft_reset: softReset }) {
  const result = { output: '', traceback: '', resets: [], error: null };
  resets = result.resets;
  try {
    if (softReset) {
      board.onData = (packet) => { result.output += Buffer.from(packet).toString('latin1'); };
      board.send(CTRL_D);
      await board.until(() => result.output.endsWith(RAW_PROMPT), LIMITS);
    } else {
      const ctrlC = board.mcu.clock.createAlarm(() => board.send(CTRL_C));
      result.traceback = await repl.execute(run, (bytes) => {
        if (interrupt && !result.output) ctrlC.schedule(interrupt * 1e6);
        result.output += bytes;
      }, LIMITS);
    }
  } catch (error) {
    if (!(error instanceof Reset)) { result.error = error.message; return result; }
    await repl.enter(LIMITS);
  }
  return result;
}

await repl.enter(LIMITS);
const results = [];
for (const given of JSON.parse(fs.readFileSync(options.steps, 'utf8'))) {
  results.push(await step(given));
  if (results.at(-1).error) break;
}
fs.writeSync(1, JSON.stringify(results));
process.exit(0);
