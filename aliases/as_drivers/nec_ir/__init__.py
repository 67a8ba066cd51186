from as_drivers.nec_ir.aremote import *
