from twincore.core import Event, ThreadSafeFlag
