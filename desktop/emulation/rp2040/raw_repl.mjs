// MicroPython's raw REPL from the host's side: sends a program, streams what it prints as it prints it, and then its
// traceback. The board answers "OK", output, 0x04, traceback, 0x04, ">".

const PROMPT = '>>> ', RAW_PROMPT = 'raw REPL; CTRL-B to exit\r\n>';
const CTRL_A = '\x01', CTRL_C = '\x03', CTRL_D = '\x04';
const CR = 13, LF = 10, END = 4, RAW_READY = 62 /* ">" */;

/** Turns the console's "\r\n" into "\n", across packets; a lone "\r" stays. */
class NewlineFilter {
  constructor(write) { this.write = write; this.pendingCr = false; }
  feed(bytes) {
    const out = [];
    for (const byte of bytes) {
      if (this.pendingCr && byte !== LF) out.push(CR);
      this.pendingCr = byte === CR;
      if (!this.pendingCr) out.push(byte);
    }
    if (out.length) this.write(Buffer.from(out));
  }
}

export class RawRepl {
  constructor(board) { this.board = board; }

  /** Waits for the board to boot and enters the raw REPL. */
  async enter(limits) {
    const { board } = this;
    let text = '';
    board.onData = (packet) => { text += Buffer.from(packet).toString('latin1'); };
    await board.until(() => board.connected, limits);
    board.send('\r' + CTRL_C);
    await board.until(() => text.endsWith(PROMPT), limits);
    text = '';
    board.send(CTRL_C + CTRL_A);
    await board.until(() => text.includes(RAW_PROMPT), limits);
  }

  /** Executes `code`; its output goes to `write` as it comes. Returns its traceback, '' if it ended without one. */
  async execute(code, write = () => {}, limits = {}) {
    const { board } = this;
    const filter = new NewlineFilter(write);
    const traceback = [];
    let section = 'acknowledgement', acknowledged = 0;
    board.onData = (packet) => {
      let start = 0;
      for (let i = 0; i < packet.length; i++) {
        const byte = packet[i];
        if (section === 'acknowledgement') { if (++acknowledged === 2) { section = 'output'; start = i + 1; } } // "OK"
        else if (section === 'output') {
          if (byte === END) { filter.feed(packet.subarray(start, i)); section = 'traceback'; }
        } else if (section === 'traceback') { if (byte === END) section = 'prompt'; else traceback.push(byte); }
        else if (byte === RAW_READY) section = 'done';
      }
      if (section === 'output') filter.feed(packet.subarray(start));
    };
    board.send(code + CTRL_D);
    await board.until(() => section === 'done', limits);
    return Buffer.from(traceback).toString('utf8').replace(/\r\n/g, '\n');
  }
}
