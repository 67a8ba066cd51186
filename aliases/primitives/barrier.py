from twincore.primitives.barrier import Barrier
