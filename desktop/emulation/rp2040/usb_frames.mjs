// The start-of-frame packets that a USB host sends each millisecond; stock rp2040js, as the host of a board, sends none.
// MicroPython waits for some, after a terminal has opened its port, before it sends what it has printed by then. They
// come while the device asks for the interrupt. A board that is typed to needs none, and where a run ends when both cores
// sleep for good there must be none: one that hangs asks for ever.
const SOF_RD = 0x48, INTE = 0x90, DEV_SOF = 1 << 17; // RP2040 datasheet, 4.1.4
const FRAME = 1_000_000; // ns

/** Has the host of `board` send them. */
export function sendFrames(board) {
  const { mcu } = board;
  const usb = mcu.usbCtrl;
  const { readUint32, writeUint32 } = usb;
  let comes = false;
  const next = mcu.clock.createAlarm(() => {
    comes = false;
    usb.sofFrameNumber = (usb.sofFrameNumber + 1) & 0x7ff;
    usb.intRaw |= DEV_SOF;
    usb.checkInterrupts();
  });
  const expect = () => {
    if (!(usb.intEnable & DEV_SOF) || usb.intRaw & DEV_SOF || comes) return;
    comes = true;
    next.schedule(FRAME);
  };
  usb.readUint32 = (offset) => {
    if (offset === SOF_RD) { // reading it is the acknowledgement
      usb.intRaw &= ~DEV_SOF;
      usb.checkInterrupts();
      expect();
    }
    return readUint32.call(usb, offset);
  };
  usb.writeUint32 = (offset, value) => {
    writeUint32.call(usb, offset, value);
    if (offset === INTE) expect();
  };
  const boot = board.boot.bind(board);
  board.boot = () => { next.cancel(); comes = false; boot(); };
}
