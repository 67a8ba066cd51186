from twincore.threadsafe import ThreadSafeEvent
