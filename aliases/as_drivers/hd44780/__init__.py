from as_drivers.hd44780.alcd import *
