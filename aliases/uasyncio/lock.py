from twincore.core import Lock
