// usage: node run.mjs --firmware=FILE --bootrom=FILE --code=FILE [--littlefs=FILE] [--seed=N] [--jitter=N] [--quantum=N]
//                     [--wire=A-B]... [--wall=SECONDS] [--emulated=SECONDS] [--report=FILE] [--stdin=1]
// Boots the board and executes the code. The board's output goes to stdout as it is printed, a traceback to stderr.
// SIGINT types Ctrl-C into the board. --stdin=1 types what is read from stdin, and then an idle board waits for input.
// When the code ends without a traceback, it has left its exit status in the global _exit: see twincore/desktop/emulator.py.
// Exit code: the program's; 1 a traceback; 130 KeyboardInterrupt; 70 a deadlock; 124 a limit; 71 the board did not boot.
import fs from 'node:fs';
import { Deadlock, LimitReached } from './board.mjs';
import { makeBoard, parseOptions } from './options.mjs';
import { RawRepl } from './raw_repl.mjs';

const DEADLOCK = 70, NO_BOOT = 71, LIMIT = 124, INTERRUPTED = 130;
const CTRL_C = '\x03';
const READ_EXIT = `print("exit", _exit if isinstance(_exit, int) else 0 if _exit is None else 1)
if not (_exit is None or isinstance(_exit, int)):
    print(_exit)`;

const options = parseOptions(process.argv.slice(2));
const board = makeBoard(options);
const repl = new RawRepl(board);
let running = false, midLine = false;
process.on('SIGINT', () => { if (running) board.send(CTRL_C); else process.exit(INTERRUPTED); });
process.stdout.on('error', () => process.exit(1)); // whoever read the output has gone

const report = { exit_code: NO_BOOT, deadlock: false, limit: null };
try {
  await repl.enter({ wallMs: 60_000 });
  report.exit_code = await runProgram();
} catch (error) {
  if (error instanceof Deadlock) { report.deadlock = true; report.exit_code = DEADLOCK; }
  else if (error instanceof LimitReached) { report.limit = error.which; if (running) report.exit_code = LIMIT; }
  if (midLine) process.stderr.write('\n'); // what the board has not sent yet is lost, often the end of the line
  process.stderr.write(`${error instanceof Deadlock || error instanceof LimitReached ? error.message : error.stack}\n`);
}
if (options.report) fs.writeFileSync(options.report, JSON.stringify(report));
process.exit(report.exit_code);

async function runProgram() {
  const limits = { wallMs: (options.wall ?? Infinity) * 1000, emulatedMs: (options.emulated ?? Infinity) * 1000 };
  if (options.stdin) limits.idle = typeInput();
  const startMs = board.emulatedMs, startIdle = board.mcu.idleNanos, startInstructions = [...board.mcu.instructions];
  running = true;
  try {
    const text = await repl.execute(fs.readFileSync(options.code, 'utf8'), show, limits);
    if (text) {
      process.stderr.write(withoutLauncher(text));
      return /(^|\n)KeyboardInterrupt:? *\n?$/.test(text) ? INTERRUPTED : 1;
    }
  } finally {
    report.emulated_ms = board.emulatedMs - startMs;
    report.idle_ms = (board.mcu.idleNanos - startIdle) / 1e6;
    report.instructions = board.mcu.instructions.map((count, n) => count - startInstructions[n]);
  }
  return readExit();
}

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
