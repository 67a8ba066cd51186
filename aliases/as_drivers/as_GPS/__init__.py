from as_drivers.as_GPS.as_GPS import *
