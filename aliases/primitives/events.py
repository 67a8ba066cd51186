from twincore.primitives.events import ELO, WaitAll, WaitAny
from twincore.primitives.pushbutton import EButton
from twincore.primitives.switch import ESwitch
