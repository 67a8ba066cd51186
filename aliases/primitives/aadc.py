from twincore.primitives.aadc import AADC
