"""check_time, check_whole, check_worker: what a driver is given, refused at once if it can't be. Any context.

A time that is no number, or has no end, or what is no worker, would be told much later, by a task, and not to who gave
it.
"""


def check_time(name, given, unit="s", least=None):
    """`given` is a number of `unit` with an end, above 0, or `least` or more. ValueError; TypeError for no number."""
    if not isinstance(given, (int, float)):
        raise TypeError(_text_of_time(name, given, unit, least))
    if not (given > 0 if least is None else given >= least) or given == float("inf"):
        raise ValueError(_text_of_time(name, given, unit, least))


def check_whole(name, given, least=1, unit=""):
    """`given` is a whole number, `least` or more, of `unit` if it has one. ValueError, TypeError likewise."""
    if not isinstance(given, int) or given < least:
        error = ValueError if isinstance(given, (int, float)) else TypeError
        raise error(name + " is " + str(least) + unit + " or more, a whole number, not " + repr(given))


def check_worker(worker):
    """TypeError for what is no Worker."""
    if not hasattr(worker, "assign"):
        raise TypeError("worker is an offload.Worker, not " + repr(worker))


def _text_of_time(name, given, unit, least):
    words = " is above 0 " + unit if least is None else " is " + str(least) + " " + unit + " or more"
    return name + words + ", and has an end, not " + repr(given)
