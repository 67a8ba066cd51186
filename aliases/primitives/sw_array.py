from twincore.primitives.keyboard import Keyboard
from twincore.primitives.presses import CLOSE, DOUBLE, LONG, OPEN
from twincore.primitives.sw_array import SUPPRESS, SwArray
