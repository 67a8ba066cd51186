// A board in real time has people before it, in the process that started this one: they press its buttons, for which
// they knock, and may look at all of its pins, also at those that nothing outside is wired to.
import fs from 'node:fs';
import net from 'node:net';

const PERIOD = 100_000_000; // ns between two reports of pins
const NO_FUNCTION = 31, PWM = 4; // of a pin

/** Has `outside` asked to come when somebody has written to the named pipe at `path`. */
export function hearKnocks(outside, path) {
  const fd = fs.openSync(path, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
  const pipe = new net.Socket({ fd, readable: true, writable: false }); // fs would hold a thread, and so the end, up
  pipe.on('data', () => { outside.knocked = true; outside.board.realTime.nudge(); });
  pipe.on('error', () => {});
}

/** Tells `outside` ten times a second how the pins are, as far as it has changed. Returns a function that tells it now. */
export function reportPins(outside) {
  const { mcu, pads } = outside;
  const told = mcu.gpio.map(() => '');
  const tell = () => {
    const changed = {};
    for (const pin of mcu.gpio) {
      const { index: n, functionSelect } = pin;
      if (functionSelect === NO_FUNCTION && !told[n]) continue;
      const wave = functionSelect === PWM ? pwm(mcu, n) : null;
      const now = [outside.stateOf(n), pads.levels[n], pads.edges[n], functionSelect, wave];
      const text = JSON.stringify(now);
      if (text !== told[n]) { changed[n] = now; told[n] = text; }
    }
    outside.ask('seen', changed);
  };
  const next = mcu.clock.createAlarm(() => { tell(); next.schedule(PERIOD); });
  next.schedule(0);
  return tell;
}

/** [Hz, duty from 0 to 1] of what the PWM gives pin n; null if it stands still. RP2040 datasheet, 4.5. */
function pwm(mcu, n) {
  const { csr, cc, top, timer } = mcu.pwm.channels[n >> 1 & 7];
  if (!(csr & 1)) return null;
  const period = (top + 1) * timer.prescaler * (csr & 2 ? 2 : 1);
  return [mcu.clkSys / period, Math.min(1, (n & 1 ? cc >>> 16 : cc & 0xffff) / (top + 1))];
}
