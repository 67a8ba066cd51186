// usage: node ask.mjs --firmware=FILE --bootrom=FILE --code=FILE --answer=FILE [--emulated=SECONDS] [--wall=SECONDS]
// Boots a firmware that nothing is known of, its flash blank otherwise, and executes the code in its raw REPL. Writes
// {output, traceback, printed, failure}: printed, all it wrote to USB and UARTs before; failure, why it was not asked.
import fs from 'node:fs';
import { Board } from './board.mjs';
import { parseOptions } from './options.mjs';
import { RawRepl } from './raw_repl.mjs';

/** A board that keeps what its firmware prints while somebody else listens, too. */
class OverheardBoard extends Board {
  set onData(listener) { this.listener = listener; }
  get onData() { return (packet) => { this.overhear(packet); this.listener(packet); }; }
  overhear(bytes) { this.printed = (this.printed ?? '') + Buffer.from(bytes).toString('latin1'); }
}

const { firmware, bootrom, code, answer, emulated = Infinity, wall = Infinity } = parseOptions(process.argv.slice(2));
const limits = { emulatedMs: emulated * 1000, wallMs: wall * 1000 };
const found = { output: '', traceback: '' };
const board = new OverheardBoard({ firmware, bootrom });
for (const uart of board.mcu.uart) uart.onByte = (byte) => board.overhear([byte]);
const repl = new RawRepl(board);
try {
  await repl.enter(limits);
  found.traceback = await repl.execute(fs.readFileSync(code, 'utf8'), (bytes) => { found.output += bytes; }, limits);
} catch (error) {
  found.failure = error.message;
}
found.printed = board.printed ?? '';
fs.writeFileSync(answer, JSON.stringify(found));
process.exit(0);
