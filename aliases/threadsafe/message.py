from twincore.threadsafe import Message
