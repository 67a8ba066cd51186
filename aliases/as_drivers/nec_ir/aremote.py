from twincore.drivers.nec_ir import NEC_IR
from twincore.drivers.nec_times import BADADDR, BADBLOCK, BADDATA, BADREP, BADSTART, OVERRUN, REPEAT
