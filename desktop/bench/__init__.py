"""What the emulated RP2040 does, in its own exact time: `twincore bench`. The scripts also serve the unix port."""
