// usage: node serve.mjs --firmware=FILE --bootrom=FILE [--littlefs=FILE] [--port=4455] [--wire=A-B]...
// Serves the emulated board's serial console on loopback TCP: mpremote connect socket://127.0.0.1:4455
import net from 'node:net';
import { makeBoard, parseOptions } from './options.mjs';
import { RawRepl } from './raw_repl.mjs';

const IDLE_MS = 1; // how long to leave the processor alone when the board sleeps for good

const options = parseOptions(process.argv.slice(2));
const board = makeBoard({ quantum: 8, ...options });
const CTRL_B = '\x02'; // back from the raw REPL to the friendly one
await new RawRepl(board).enter({ wallMs: 60_000 });
board.send(CTRL_B);

let client = null;
board.onData = (packet) => client?.write(Buffer.from(packet));
const server = net.createServer((socket) => {
  socket.setNoDelay(true);
  client = socket;
  socket.on('data', (bytes) => board.send(bytes));
  socket.on('close', () => { if (client === socket) client = null; });
  socket.on('error', () => {});
});
server.on('error', (error) => { console.error(`twincore: cannot listen: ${error.message}`); process.exit(1); });
server.listen(options.port ?? 4455, '127.0.0.1', () => {
  console.log(`the board is at socket://127.0.0.1:${server.address().port}`);
});

for (;;) {
  board.mcu.run(100_000);
  const idle = board.mcu.deadlock;
  board.mcu.deadlock = false;
  await new Promise((resolve) => (idle ? setTimeout(resolve, IDLE_MS) : setImmediate(resolve)));
}
