from twincore.primitives.delay_ms import Delay_ms
