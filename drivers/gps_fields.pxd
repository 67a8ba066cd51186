import cython

@cython.locals(both=int, byte=cython.uchar, folded=object)
cpdef int checksum(bytes body) except -1
@cython.locals(value=object)
cpdef whole(bytes text, long least, long most)
@cython.locals(value=double)
cpdef optional(bytes text, double least, double most, default)
@cython.locals(digits=bytes, fraction=bytes, clock=long, minutes=long, seconds=long, ms=long)
cpdef tuple clock_of(bytes text)
@cython.locals(number=bytes, fraction=bytes, degrees=long, minutes=long, both=long, point=Py_ssize_t, places=Py_ssize_t)
cpdef tuple coordinate(bytes text, hemisphere, long most)
