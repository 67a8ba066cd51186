from twincore.drivers.hd44780 import LCD

PINLIST = ("Y1", "Y2", "Y6", "Y5", "Y4", "Y3")  # of a Pyboard: RS, E, D4 to D7
