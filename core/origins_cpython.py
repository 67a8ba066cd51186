"""Where a task's coroutine was created, if CPython was told to note it: see desktop.debug."""


def origin(task):
    """[(file, line, function), ...] of `task`, innermost first; empty if it was not noted."""
    noted = getattr(task, "origin", None) or getattr(task.coro, "cr_origin", None)
    return list(noted or ())


def created_at(task):
    """"created at FILE:LINE", or "" if it was not noted."""
    places = origin(task)
    return "created at " + places[0][0] + ":" + str(places[0][1]) if places else ""
