"""The names of `twincore.core` that cost nothing until they are used, each and its module.

On a board this module, too, is there only while one of them is looked up.
"""

from .native import MICROPYTHON

LAZY = (
    " ALL_COMPLETED=waiting"
    " Event=event"
    " FIRST_COMPLETED=waiting"
    " FIRST_EXCEPTION=waiting"
    " IOQueue=upstream"
    " IncompleteReadError=stream_errors"
    " Lock=lock"
    " QueueClosed=queue_errors"
    " QueueEmpty=queue_errors"
    " QueueFull=queue_errors"
    " Runner=runner"
    " Server=server"
    " SingletonGenerator=upstream"
    " Stream=stream"
    " StreamReader=stream"
    " StreamWriter=stream"
    " TaskGroup=taskgroup"
    " TaskGroupError=taskgroup"
    " TaskQueue=upstream"
    " VirtualClock=virtual"
    " as_completed=waiting"
    " check_contexts=checking"
    " core=upstream"
    " gather=gathering"
    " listing=task_list"
    " open_connection=connect"
    " power_mode=power"
    " round_robin=policy"
    " roundrobin=policy"
    " run_until_complete=upstream"
    " shield=shielding"
    " start_server=server"
    " tasks=task_list"
    " ticks=upstream"
    " ticks_add=upstream"
    " ticks_diff=upstream"
    " timeout=timeouts"
    " timeout_at=timeouts"
    " timeout_ms=timeouts"
    " urgent_first=policy"
    " wait=waiting"
    " wait_for=deadline"
    " wait_for_ms=deadline"
    " ThreadSafeFlag=" + ("flag_stream" if MICROPYTHON else "flag") + " "
)


def module_of(name):
    """The module that has `name`. AttributeError if none has."""
    _, found, rest = LAZY.partition(" " + name + "=")
    if not found:
        raise AttributeError(name)
    return rest.split(" ", 1)[0]
