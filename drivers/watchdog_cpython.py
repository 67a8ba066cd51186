"""What stands for machine.WDT in a process: it ends unless it is fed, whatever its threads do, with the GIL or not."""

import faulthandler


class WDT:
    """Ends the process with code 1, the traceback of every thread on stderr, when not fed for `timeout` milliseconds.

    The interpreter has one such timer, `faulthandler.dump_traceback_later`, which the last one made or fed sets.
    """

    def __init__(self, id: int = 0, timeout: int = 5000) -> None:
        self._seconds = timeout / 1000
        self.feed()

    def feed(self) -> None:
        """Put it off. Any thread."""
        faulthandler.dump_traceback_later(self._seconds, exit=True)

    @staticmethod
    def cancel() -> None:
        """End it: the process lives, fed or not. No board's watchdog can do that."""
        faulthandler.cancel_dump_traceback_later()
