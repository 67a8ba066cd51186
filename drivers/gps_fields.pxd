import cython

@cython.locals(both=int, byte=cython.uchar, folded=object)
cpdef int checksum(bytes body) except -1
@cython.locals(value=object)
cpdef whole(str text, long least, long most)
@cython.locals(value=double)
cpdef optional(str text, double least, double most, default)
@cython.locals(digits=str, fraction=str, clock=long, minutes=long, seconds=long)
cpdef tuple clock_of(str text)
@cython.locals(number=str, fraction=str, degrees=long, minutes=long)
cpdef tuple coordinate(str text, str hemisphere, str positive, str negative, long most)
