from twincore.primitives import launch, set_global_exception
