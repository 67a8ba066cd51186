"""A pin that interrupts, without a board, and what happens at it, for tests of the devices that listen to pins."""


class Pin:
    """Stands in for a machine.Pin."""

    IRQ_FALLING = 1
    IRQ_RISING = 2

    def __init__(self, level=1):
        self.level = level
        self.handler = None

    def __call__(self):
        return self.level

    def irq(self, handler=None, trigger=3, hard=False):
        self.handler = handler

    def set(self, level):
        if level != self.level:
            self.level = level
            if self.handler is not None:
                self.handler(self)


def run_virtual(core, main):
    """`await main()` in a loop of its own, in virtual time."""
    core.new_event_loop(core.VirtualClock())
    try:
        core.run(main())
    finally:
        core.new_event_loop()


async def play(core, pin, times):
    """Press for the first time, in ms, let go for the second, and so on."""
    level = pin.level
    for ms in times:
        level = 1 - level
        pin.set(level)
        await core.sleep_ms(ms)


async def bounce(core, pin, level):
    """The contact goes to `level`, with bounces of 1 to 9 ms."""
    for ms in (1, 9, 2, 5):
        pin.set(level)
        await core.sleep_ms(ms)
        pin.set(1 - level)
        await core.sleep_ms(1)
    pin.set(level)


def follow(core, button, log):
    """Log the events of an EButton, in tasks that are returned."""

    async def one(name, event):
        while True:
            await event.wait()
            event.clear()
            log.append(name)

    names = ("press", "release", "double", "long")
    return [core.create_task(one(name, getattr(button, name))) for name in names]
