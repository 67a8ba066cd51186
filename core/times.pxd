cpdef units(seconds)
cpdef ms_units(ms)
