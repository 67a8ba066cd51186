"""What queues raise, between tasks or contexts."""


class QueueClosed(Exception):
    """The queue was closed: nothing can be put any more, or nothing is left to get."""


class QueueEmpty(IndexError):
    """Nothing to get now. Also an IndexError, for code written for micropython-async."""


class QueueFull(IndexError):
    """No room to put now. Also an IndexError, for code written for micropython-async."""
