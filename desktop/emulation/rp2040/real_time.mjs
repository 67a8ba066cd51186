// A board that lives in real time: while it sleeps this process sleeps, and its second is a second. Input ends a sleep.

const SLICE = 20_000; // instructions between two looks at the clock
const MOST_BEHIND = 100; // ms that a board which computes for longer than a real one would may catch up on afterwards
const MOST_AHEAD = 2; // ms

export class RealTime {
  constructor(board) { this.board = board; this.inputCame = () => {}; this.start = performance.now() - board.emulatedMs; }

  /** The board's time as it should be, in ms. */
  get now() { return performance.now() - this.start; }

  /** Something has been typed into the board: it may have something to do. */
  nudge() { this.inputCame(); }

  /** Lets the board live for a moment, until that time in ms at most, and no longer than `mostMs` if it sleeps. */
  async turn(untilMs = Infinity, mostMs = Infinity) {
    const { board, board: { mcu } } = this;
    const behind = this.now - board.emulatedMs;
    if (behind > MOST_BEHIND) this.start += behind - MOST_BEHIND;
    board.outside?.look();
    mcu.horizon = Math.min(this.now, untilMs) * 1e6;
    mcu.run(SLICE);
    if (board.done()) return;
    if (!sleeps(mcu)) {
      const ahead = board.emulatedMs - this.now;
      await (ahead > MOST_AHEAD ? pause(ahead) : nextTurn());
      return;
    }
    mcu.deadlock = false;
    const next = () => Math.min(mcu.clock.nextAlarm ? mcu.clock.nextAlarm.nanos / 1e6 : Infinity, untilMs);
    await this.input(Math.min(next() - this.now, mostMs));
    const passed = Math.min(this.now, next()) - board.emulatedMs;
    if (passed > 0) mcu.clock.tick(passed * 1e6);
  }

  /** Returns when input comes, or after `ms`. */
  async input(ms) {
    let timer;
    await new Promise((resolve) => {
      this.inputCame = resolve;
      if (ms < Infinity) timer = setTimeout(resolve, ms);
    });
    clearTimeout(timer);
  }
}

function sleeps(mcu) { return mcu.cores[0].waiting && (mcu.core1Held || mcu.cores[1].waiting); }
const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });
const nextTurn = () => new Promise((resolve) => { setImmediate(resolve); });
