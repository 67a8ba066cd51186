from twincore.threadsafe import ThreadSafeQueue
