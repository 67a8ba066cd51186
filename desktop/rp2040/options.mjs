// The command line that run.mjs and serve.mjs share: --name=value, numbers as numbers; --wire=2-3 as often as wanted.
import { Board } from './board.mjs';

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

/** A board as the options firmware, bootrom, littlefs, seed, jitter, quantum and wires describe it. */
export function makeBoard({ firmware, bootrom, littlefs, seed, jitter, quantum, wires }) {
  const board = new Board({ firmware, bootrom, littlefs, seed, jitter, quantum });
  for (const [from, to] of wires) board.wire(from, to);
  return board;
}
