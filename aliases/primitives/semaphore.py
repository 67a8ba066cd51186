from twincore.primitives.semaphore import BoundedSemaphore, Semaphore
