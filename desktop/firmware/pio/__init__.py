"""The RP2040's PIO: programs assembled, and executed cycle by cycle at the board's pins and in its time."""
