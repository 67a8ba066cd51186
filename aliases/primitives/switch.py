from twincore.primitives.switch import Switch
