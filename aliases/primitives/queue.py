from twincore.primitives.queue import Queue, QueueEmpty, QueueFull
