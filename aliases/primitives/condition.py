from twincore.primitives.condition import Condition
