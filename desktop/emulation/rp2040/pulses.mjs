// Pins where something reads pulses of less than a microsecond, as a strip of LEDs does. To ask at each of their edges
// would take a board a second for some strips, and microseconds would not do: here the lengths are noted, and told
// together when the pin has rested. A pin that is on no wire with others is not asked about meanwhile, either.
import { MADE, isOutput } from './pads.mjs';

const REST = 10_000; // ns: longer than any pulse, and less than what a strip takes for the end
const MOST = 20_000; // pulses in one message: some 800 LEDs

/** Has `outside` told of the pulses at pin `n`; `alone`: no other pin is on its wire. Before the board runs. */
export function hearPulses(outside, n, alone) {
  const { mcu: { clock, gpio }, pads } = outside;
  let lengths = []; // high, low, high, ... in ns
  let last = 0; // nanos, of the last edge
  let high = pads.levels[n] === 1, rests = true;
  const resting = clock.createAlarm(() => {
    const rested = clock.nanos - last;
    if (rested < REST) { resting.schedule(REST - rested); return; }
    rests = true;
    tell();
  });
  const tell = () => {
    const told = high ? lengths : [...lengths, Math.round(clock.nanos - last)];
    lengths = [];
    outside.ask('pulses', n, told, pads.levels[n]);
  };
  pads.heard[n] = (level) => {
    const length = Math.round(clock.nanos - last);
    last = clock.nanos;
    if (high === (level === 1)) return; // the level that it had at first
    if (high || lengths.length) lengths.push(length);
    high = level === 1;
    if (rests) { rests = false; resting.schedule(REST); }
    if (high && lengths.length >= 2 * MOST) tell();
  };
  if (!alone) return;
  const ask = pads.nets[n];
  let before = gpio[n].value;
  pads.nets[n] = (state) => {
    const toggled = isOutput(before) && isOutput(state);
    before = state;
    if (!toggled) return ask(state);
    pads.set(n, MADE[state]);
    return true;
  };
}
