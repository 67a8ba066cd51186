from twincore.core import (
    CancelledError,
    Loop,
    TimeoutError,
    create_task,
    current_task,
    get_event_loop,
    new_event_loop,
    run,
    sleep,
    sleep_ms,
)
from twincore.core.upstream import (
    IOQueue,
    SingletonGenerator,
    Task,
    TaskQueue,
    __getattr__,  # cur_task, _io_queue
    _task_queue,
    run_until_complete,
    ticks,
    ticks_add,
    ticks_diff,
)
