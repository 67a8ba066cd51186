from twincore.core import gather, wait_for, wait_for_ms
