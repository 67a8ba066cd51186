from as_drivers.htu21d.htu21d_mc import *
