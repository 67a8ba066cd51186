from twincore.core import ThreadSafeFlag as IRQ_EVENT  # that cleared itself, too
