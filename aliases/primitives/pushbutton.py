from twincore.primitives.pushbutton import Pushbutton
from twincore.primitives.touch import ESP32Touch
