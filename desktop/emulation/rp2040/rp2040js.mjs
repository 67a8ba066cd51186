// Stock rp2040js (npm, MIT), found where `twincore fetch rp2040` installed it: the folder named by $TWINCORE_RP2040JS.
// None of its files is changed; everything this emulator adds is in the modules beside this one.
import { createRequire } from 'node:module';
import path from 'node:path';

const folder = process.env.TWINCORE_RP2040JS;
if (!folder) throw new Error('TWINCORE_RP2040JS must name the folder that holds node_modules/rp2040js');
const library = createRequire(path.join(folder, 'package.json'))('rp2040js');

export const { RP2040, USBCDC, BasePeripheral, ConsoleLogger, GPIOPinState, LogLevel } = library;
