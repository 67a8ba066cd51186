"""All scenarios."""

import scenarios_of_asyncio as foreign
import scenarios_of_batches as batches
import scenarios_of_calls as calls
import scenarios_of_closing as closing
import scenarios_of_giving_up as giving_up
import scenarios_of_joining as joining
import scenarios_of_locks as locks
import scenarios_of_overflow as overflow
import scenarios_of_queues as queues
import scenarios_of_signals as signals
import scenarios_of_streams as streams
from parts import named

SIZED = (queues.many_to_many, queues.threads_in_order, queues.thread_to_task, queues.task_to_thread)
ALL = [
    *[named(scenario, size) for scenario in SIZED for size in (1, 2)],
    queues.two_threads_to_two_tasks,
    queues.two_tasks_to_two_threads,
    queues.loop_to_loop,
    queues.without_waiting,
    closing.close_against_getting_threads,
    closing.close_against_putting_threads,
    closing.close_against_put_and_get,
    closing.close_against_two_gets_of_one_item,
    closing.close_against_tasks,
    closing.iterate_until_closed,
    closing.iterate_against_a_put_and_a_close,
    giving_up.get_timing_out_in_a_thread,
    giving_up.put_timing_out_in_a_thread,
    giving_up.get_timing_out_in_a_task,
    giving_up.wait_for_timing_out,
    giving_up.cancel_of_a_getting_task_beside_a_task,
    giving_up.cancel_of_a_getting_task_beside_a_thread,
    giving_up.cancel_of_a_putting_task_beside_a_thread,
    giving_up.cancel_by_a_task_that_is_woken_with_it,
    signals.event_of_threads,
    signals.event_set_and_cleared,
    signals.event_set_and_cleared_before_one_task,
    signals.event_of_tasks_and_two_setters,
    signals.event_waiter_cancelled,
    signals.message_of_two_setters,
    signals.message_of_threads,
    signals.message_set_against_clear,
    signals.message_iterated,
    signals.message_waiter_cancelled,
    *[scenario for group in (batches, overflow, joining, locks, streams, calls, foreign) for scenario in group.ALL],
]
