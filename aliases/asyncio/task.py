from twincore.core import Task, TaskQueue
