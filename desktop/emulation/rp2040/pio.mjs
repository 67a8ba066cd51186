// The PIO in the time of the board. rp2040js executes a PIO's instructions a thousand at once and then when Node is idle,
// without its clock divider: nothing can be timed by that. Here each instruction of a state machine has its moment on the
// board's clock. A machine that waits for a pin, a FIFO or a flag costs nothing until that comes, so a board where nothing
// else goes on is idle for good. And FIFOs can be joined, which also empties them, as a new StateMachine expects.

const NANOS_PER_CYCLE = 8;
const MACHINES = 4, CTRL = 0, SM0_CLKDIV = 0x0c8, SM_SIZE = 0x18; // datasheet, 3.7
const SHIFTCTRL = 0x08, INSTR = 0x10; // from a machine's CLKDIV on
const DIVIDE_BY_0 = 65536, JOIN_TX = 1 << 30, JOIN_RX = 1 << 31, FIFO_SIZE = 4;

/** Before the chip's state is remembered for resets. */
export function adoptPio(mcu, pio) {
  pio.run = () => {}; // rp2040js's way of going on
  for (const machine of pio.machines) adoptMachine(mcu, pio, machine);
  const write = pio.writeUint32.bind(pio);
  pio.writeUint32 = (offset, value) => {
    const machine = pio.machines[Math.floor((offset - SM0_CLKDIV) / SM_SIZE)];
    const register = machine ? (offset - SM0_CLKDIV) % SM_SIZE : null, before = machine?.shiftCtrl;
    if (register === INSTR) machine.waiting = false; // this instruction takes the place of the one that waits
    write(offset, value);
    if (register === SHIFTCTRL) joinFifos(machine, before);
    if (register === INSTR) { pio.checkChangedPins(); machine.startOrStop(); }
    if (offset === CTRL) for (const each of pio.machines) each.startOrStop();
  };
}

function adoptMachine(mcu, pio, machine) {
  const runs = () => machine.enabled && !machine.waiting;
  const next = mcu.clock.createAlarm(() => {
    const before = machine.cycles;
    machine.planned = false;
    machine.stepping = true;
    machine.step();
    machine.stepping = false;
    pio.checkChangedPins(); // that may end the wait of this very machine
    if (runs() && !machine.planned) plan(machine.cycles - before);
  });
  const plan = (cycles) => {
    const divider = (machine.clockDivInt || DIVIDE_BY_0) + machine.clockDivFrac / 256;
    machine.planned = true;
    next.schedule(cycles * divider * NANOS_PER_CYCLE);
  };
  machine.next = next;
  machine.planned = false; // it has a next instruction, and that its time
  machine.stepping = false;
  machine.startOrStop = () => {
    if (machine.stepping || runs() === machine.planned) return;
    if (runs()) plan(1); else { next.cancel(); machine.planned = false; }
  };
  const checkWait = machine.checkWait.bind(machine);
  machine.checkWait = () => {
    const waited = machine.waiting;
    checkWait();
    if (waited && runs() && !machine.stepping && !machine.planned) plan(1 + Math.max(machine.waitDelay, 0));
  };
}

/** SHIFTCTRL was written, and held `before`. Another way of joining empties both FIFOs (datasheet, 3.5.6.1). */
function joinFifos(machine, before) {
  const { shiftCtrl, txFIFO, rxFIFO } = machine;
  if (((shiftCtrl ^ before) & (JOIN_TX | JOIN_RX)) === 0) return;
  const toTx = shiftCtrl & JOIN_TX, toRx = shiftCtrl & JOIN_RX;
  const size = (mine, other) => (mine ? 2 : other ? 0 : 1) * FIFO_SIZE;
  for (const [fifo, room] of [[txFIFO, size(toTx, toRx)], [rxFIFO, size(toRx, toTx)]]) {
    Object.assign(fifo, { used: 0, start: 0, buffer: new Uint32Array(room) });
  }
  machine.updateDMARx(); machine.updateDMATx();
}
