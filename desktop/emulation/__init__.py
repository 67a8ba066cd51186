"""The emulated RP2040: MicroPython's firmware on both cores, in a JavaScript emulator; what is around it is here."""
