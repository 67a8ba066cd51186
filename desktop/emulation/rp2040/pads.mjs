// The level at each pin, which rp2040js leaves to whoever uses it: there, an output does not read back what it drives,
// and a pull-up reads as 0. Here a pin has what it drives itself, else what drives it from outside, else what it is
// pulled to, else what it had last, as a floating pin may. Only changes reach it: each setInputValue latches an edge.
import { GPIOPinState } from './rp2040js.mjs';

export const MADE = { // by state: the level that the pin makes by itself
  [GPIOPinState.Low]: 0, [GPIOPinState.High]: 1, [GPIOPinState.InputPullDown]: 0, [GPIOPinState.InputPullUp]: 1,
};

const AFTER_RESET = 0x56; // of a pad's register (datasheet, 2.19.6.3); rp2040js has no input enabled then

/** Before the chip's state is remembered for resets. */
export function enableInputs(mcu) { for (const pin of mcu.gpio) pin.padValue = AFTER_RESET; }

export const isOutput = (state) => state === GPIOPinState.Low || state === GPIOPinState.High;

export class Pads {
  constructor(mcu) {
    this.mcu = mcu;
    this.levels = mcu.gpio.map(() => 0);
    this.outside = mcu.gpio.map(() => null); // the level that something outside drives, null for none
    this.edges = mcu.gpio.map(() => 0); // so far
    this.heard = mcu.gpio.map(() => null); // called with each new level
    this.nets = mcu.gpio.map(() => null); // called with the state where others decide about the level; true if they do
    for (const pin of mcu.gpio) pin.addListener(() => this.settle(pin.index));
    for (const pin of mcu.gpio) this.settle(pin.index);
  }

  /** What pin n does has changed, or what drives it. */
  settle(n) {
    const state = this.mcu.gpio[n].value;
    if (this.nets[n]?.(state)) return;
    const outside = isOutput(state) ? null : this.outside[n];
    this.set(n, outside ?? MADE[state] ?? this.levels[n]);
  }

  /** Pin n has that level, 0 or 1. */
  set(n, level) {
    if (level === this.levels[n]) return;
    this.levels[n] = level;
    this.edges[n]++;
    this.heard[n]?.(level);
    this.mcu.gpio[n].setInputValue(level === 1);
  }

  /** A jumper wire: output pin `from` drives input pin `to`. For one that works both ways see outside.mjs. */
  wire(from, to) {
    const { gpio } = this.mcu;
    const follow = () => {
      const state = gpio[from].value;
      this.outside[to] = isOutput(state) ? MADE[state] : null;
      this.settle(to);
    };
    gpio[from].addListener(follow);
    follow();
  }
}
