// The command line that run.mjs and serve.mjs share: --name=value, numbers as numbers; --wire=2-3 as often as wanted.
import { Board } from './board.mjs';
import { Outside } from './outside.mjs';

/** Returns {name: value}, and wires as pairs of pin numbers. */
export function parseOptions(argv) {
  const options = { wires: [] };
  for (const argument of argv) {
    const match = argument.match(/^--(\w+)=(.*)$/s);
    if (!match) throw new Error(`not an option: ${argument}`);
    const [, name, value] = match;
    if (name === 'wire') options.wires.push(value.split('-').map(Number));
    else options[name] = /^\d+(\.\d+)?$/.test(value) ? Number(value) : value;
  }
  return options;
}

/** A board as the options firmware, bootrom, littlefs, littlefs_at, seed, jitter, quantum, wires and outside describe it. */
export function makeBoard({ firmware, bootrom, littlefs, littlefs_at, seed, jitter, quantum, wires, outside }) {
  const board = new Board({ firmware, bootrom, littlefs, littlefs_at, seed, jitter, quantum });
  for (const [from, to] of wires) board.wire(from, to);
  board.outside = outside ? new Outside(board, outside) : null; // see outside.mjs
  return board;
}
