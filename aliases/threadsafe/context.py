from twincore.offload import Context
