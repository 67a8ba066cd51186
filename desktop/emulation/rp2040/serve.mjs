// usage: node serve.mjs --firmware=FILE --bootrom=FILE [--littlefs=FILE] [--littlefs_at=N] [--seed=N] [--jitter=N]
//                       [--wire=A-B]... [--outside=FOLDER] [--port=4455 | --console=PATH] [--keep=FILE --keep_bytes=N]
// Boots the board and serves its serial console in real time: on loopback TCP (mpremote connect socket://127.0.0.1:4455),
// to one client after another, or to the Unix socket at PATH, to which it connects. --keep: where the filesystem is kept.
// --outside: what is around the board, from its boot on: see outside.mjs.
// A board that resets, or crashes, boots again; its client is hung up on, as by a USB port, which goes away at a reset and
// comes back. At a Unix socket it hangs up and connects anew. A short circuit ends it all.
// Exit code: 128 + a signal; 2 the port is taken; and those of run.mjs for a short circuit and for a failure outside.
import net from 'node:net';
import { HardFault } from './faults.mjs';
import { KeptFlash } from './kept_flash.mjs';
import { makeBoard, parseOptions } from './options.mjs';
import { whenOrphaned } from './orphan.mjs';
import { STOPPED, Stopped } from './outside.mjs';
import { RealTime } from './real_time.mjs';
import { sendFrames } from './usb_frames.mjs';

const MOST_UNREAD = 1 << 20; // bytes that wait for a client before the board's output is lost

const options = parseOptions(process.argv.slice(2));
const board = makeBoard({ quantum: 8, ...options });
sendFrames(board);
const time = board.realTime = new RealTime(board);
const kept = options.keep
  ? new KeptFlash(board.mcu.flash.subarray(options.littlefs_at, options.littlefs_at + options.keep_bytes), options.keep)
  : null;
let client = null;
board.onData = (packet) => { if (client && client.writableLength < MOST_UNREAD) client.write(Buffer.from(packet)); };
board.onReset = (reason) => {
  const what = {
    watchdog: 'the watchdog has reset the board',
    bootloader: 'the bootloader was asked for, which is not emulated: the board boots its firmware again',
  }[reason] ?? 'the board resets';
  console.error(`twincore: ${what}`);
  hangUp();
};

function adopt(socket) {
  client = socket;
  socket.on('data', (bytes) => { if (client === socket) board.send(bytes); });
  socket.on('close', () => { if (client === socket) client = null; });
  socket.on('error', () => {});
}

/** What has been printed still goes out. A tool that waits for an answer would else wait for ever, or take main.py's. */
function hangUp() {
  const gone = client;
  client = null;
  gone?.end();
  if (options.console) connect();
}

function connect() {
  const socket = net.connect(String(options.console));
  socket.on('end', () => { if (client === socket) stop(0); });
  adopt(socket);
}

function stop(code) { kept?.save(); process.exit(code); }
for (const [signal, number] of [['SIGINT', 2], ['SIGTERM', 15], ['SIGHUP', 1]]) process.on(signal, () => stop(128 + number));
whenOrphaned(() => stop(1));

if (options.console) connect();
else {
  const server = net.createServer((socket) => {
    socket.setNoDelay(true);
    if (!client) adopt(socket);
    else socket.end('twincore: the port is in use by another program\r\n');
  });
  server.on('error', (error) => {
    const used = error.code === 'EADDRINUSE';
    const port = `port ${options.port ?? 4455} is in use, perhaps by another \`twincore serve\``;
    console.error(`twincore: ${used ? `${port}: --port 0 takes any free one` : `cannot listen: ${error.message}`}`);
    stop(used ? 2 : 1);
  });
  server.listen(options.port ?? 4455, '127.0.0.1', () => {
    console.log(`the board is at socket://127.0.0.1:${server.address().port}`);
  });
}

function fail(error) {
  if (!(error instanceof Stopped)) { kept?.save(); throw error; }
  console.error(`twincore: ${error.message}`);
  stop(STOPPED[error.ending]);
}

try { board.outside?.begin(); } catch (error) { fail(error); }
for (;;) {
  try {
    await time.turn();
  } catch (error) {
    if (!(error instanceof HardFault)) fail(error);
    console.error(`twincore: ${error.message}; the board boots again`);
    hangUp();
    board.mcu.resetChip();
    board.boot();
  }
}
