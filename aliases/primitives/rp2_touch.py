from twincore.primitives.rp2_touch import RP2Touch
