from twincore.primitives.touch import ESP32Touch
