// usage: node run.mjs --firmware=FILE --bootrom=FILE --code=FILE [--littlefs=FILE] [--seed=N] [--jitter=N] [--quantum=N]
//                     [--wire=A-B]... [--wall=SECONDS] [--emulated=SECONDS] [--until=SECONDS] [--report=FILE] [--dump=FILE]
//                     [--stdin=1] [--outside=FOLDER] [--real=1]
// Boots the board and executes the code. The board's output goes to stdout as it is printed, a traceback to stderr.
// SIGINT types Ctrl-C into the board; if the program goes on, the next one ends the run.
// --until: that much emulated time is what was asked for, while --wall and --emulated are limits that should not be reached.
// --stdin=1 types what is read from stdin, and then an idle board waits for input.
// --outside: what is around the board, in the process that started this one: see outside.mjs.
// --real=1: the program lives in real time, and is never idle for good.
// When the code ends without a traceback, it has left its exit status in the global _exit: see ../emulator.py.
// A run that the program did not end leaves its cores' registers in the report, and its memory in the dump. Whether a
// deadlock is one, or waits for input, is to be seen there: then whoever reads the dump has to say it.
// Exit code: the program's, or 0 at --until; 1 a traceback; 130 KeyboardInterrupt; 124 a limit; and those named below.
import fs from 'node:fs';
import { Deadlock, LimitReached } from './board.mjs';
import { dump } from './dump.mjs';
import { HardFault } from './faults.mjs';
import { makeBoard, parseOptions } from './options.mjs';
import { whenOrphaned } from './orphan.mjs';
import { STOPPED, Stopped } from './outside.mjs';
import { RawRepl } from './raw_repl.mjs';
import { RealTime } from './real_time.mjs';

const DEADLOCK = 70, NO_BOOT = 71, RESET = 72, CRASH = STOPPED.crash, LIMIT = 124, INTERRUPTED = 130;
const CTRL_C = '\x03';
const READ_EXIT = `print("exit", _exit if isinstance(_exit, int) else 0 if _exit is None else 1)
if not (_exit is None or isinstance(_exit, int)):
    print(_exit)`;

/** The board has reset itself: whatever it does now, the program has ended. */
class WasReset extends Error {
  constructor(reason) {
    super({
      watchdog: 'the watchdog has reset the board',
      bootloader: 'the board waits for firmware in its bootloader, and the program has ended',
    }[reason] ?? 'the program has reset the board');
  }
}

const options = parseOptions(process.argv.slice(2));
const board = makeBoard(options);
const repl = new RawRepl(board);
let running = false, interrupted = false, midLine = false, finishTiming = () => {};
process.on('SIGINT', () => {
  if (!running) process.exit(INTERRUPTED);
  if (interrupted) end('', INTERRUPTED, 'interrupted twice: the program did not end at the first Ctrl-C');
  interrupted = true;
  board.send(CTRL_C);
});
process.stdout.on('error', () => process.exit(1)); // whoever read the output has gone
whenOrphaned(() => process.exit(1));

// ending: what else than the program ended the run; "" also at --until, which was asked for.
const report = { exit_code: NO_BOOT, ending: 'did not boot' };
try {
  await repl.enter({ wallMs: 60_000 });
  board.onReset = (reason) => { throw new WasReset(reason); };
  finish('', await runProgram());
} catch (error) {
  if (error instanceof Deadlock) end('deadlock', DEADLOCK, options.dump ? '' : error.message);
  else if (error instanceof WasReset) finish('reset', RESET, error.message);
  else if (error instanceof Stopped) end(error.ending, STOPPED[error.ending], error.message);
  else if (error instanceof HardFault) end('crash', CRASH, error.message);
  else if (!(error instanceof LimitReached)) finish('crash', CRASH, error.stack); // of the emulator
  else if (error.which === 'until') end('', 0, error.message);
  else end('time limit', LIMIT, error.message);
}

/** The program has not ended, but the run ends here: leaves what it takes to see why. */
function end(ending, code, message) {
  if (!running) finish('did not boot', NO_BOOT, `the board did not boot: ${message}`);
  if (options.dump) report.cores = dump(board.mcu, options.dump);
  finish(ending, code, message);
}

function finish(ending, code, message) {
  finishTiming();
  if (midLine && (message || ending === 'deadlock')) process.stderr.write('\n'); // what the board has not sent yet is lost, often the end of the line
  if (message) process.stderr.write(`${message}\n`);
  report.ending = ending;
  report.exit_code = code;
  if (options.report) fs.writeFileSync(options.report, JSON.stringify(report));
  process.exit(code);
}

async function runProgram() {
  const limits = { wallMs: seconds(options.wall), emulatedMs: seconds(options.emulated), untilMs: seconds(options.until) };
  if (options.stdin) limits.idle = typeInput();
  const startMs = board.emulatedMs, startIdle = board.mcu.idleNanos, startInstructions = [...board.mcu.instructions];
  running = true;
  if (options.real) board.realTime = new RealTime(board);
  finishTiming = () => {
    report.emulated_ms = board.emulatedMs - startMs;
    report.idle_ms = (board.mcu.idleNanos - startIdle) / 1e6;
    report.instructions = board.mcu.instructions.map((count, n) => count - startInstructions[n]);
    try { board.outside?.tellPins(); } catch (error) { if (!(error instanceof Stopped)) throw error; } // it ends anyway
    finishTiming = () => {};
  };
  board.outside?.begin();
  const text = await repl.execute(fs.readFileSync(options.code, 'utf8'), show, limits);
  finishTiming();
  if (text) {
    process.stderr.write(withoutLauncher(text));
    return /(^|\n)KeyboardInterrupt:? *\n?$/.test(text) ? INTERRUPTED : 1;
  }
  return readExit();
}

function seconds(limit) { return (limit ?? Infinity) * 1000; }

function show(bytes) {
  process.stdout.write(bytes);
  midLine = bytes.at(-1) !== 10;
}

/** What the program passed to sys.exit: a number is the exit code; anything else goes to stderr, and the code is 1. */
async function readExit() {
  let text = '';
  await repl.execute(READ_EXIT, (bytes) => { text += bytes; }, { wallMs: 10_000 });
  const [, code, message] = text.match(/^exit (-?\d+)\n([^]*)$/) ?? [null, 1, text];
  process.stderr.write(message);
  return Number(code) & 0xff;
}

/** The traceback without the frame of the code that started the program. */
function withoutLauncher(text) { return text.replace(/ {2}File "<stdin>", line \d+, in <module>\n/, ''); }

/** Types what arrives on stdin into the board; returns a function that waits for more, false at the end of input. */
function typeInput() {
  let open = true, arrived = () => {};
  process.stdin.on('data', (bytes) => { board.send(bytes.toString('utf8').replace(/\r?\n/g, '\r')); arrived(); });
  process.stdin.on('end', () => { open = false; arrived(); });
  return async () => {
    if (open) await new Promise((resolve) => { arrived = resolve; });
    return open || !board.asleep;
  };
}
