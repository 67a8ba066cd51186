"""listen and silence: have a function called at the edges of a pin, as hard an interrupt as the port has.

For the classes of this folder that listen to pins. A pin that interrupts has `irq`; any other callable that returns a
level, a `Signal` or a pin of a port expander, has to be asked time and again. On RP2 call these on core 0: an interrupt
set up on core 1 never comes.
"""


def check_pin(pin):
    """Return `pin` if its level can be asked for by calling it; TypeError if not."""
    if not callable(pin):
        raise TypeError("a pin is a machine.Pin, or what returns 0 or 1 when it is called, not " + repr(pin))
    return pin


def interrupts(pin):
    """Whether `pin` tells of its edges by itself."""
    return hasattr(pin, "irq")


def listen(pin, handler, trigger=None):
    """Have `handler(pin)` called at each edge of `pin`; `trigger`: at which, a sum of its IRQ_ constants, None: at all.

    A pin has one handler: this replaces another's. Make a bound method before, and keep it: a hard interrupt can't.
    """
    settings = {} if trigger is None else {"trigger": trigger}
    try:
        pin.irq(handler, hard=True, **settings)
    except TypeError:  # ports without hard interrupts do not know the word
        pin.irq(handler, **settings)


def silence(pin):
    """Have nobody called any more."""
    pin.irq(None)
