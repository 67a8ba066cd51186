import cython
from .gps_fields cimport whole

cdef class Satellites:
    cdef public object in_view, rounds, incomplete, last, total, _key, _talker, _system, _first, _expected, _next
    cdef public list used, _renewed
    cdef public dict _coming, _sets
    cdef public bint _counted, _more_used

    cpdef dict data(self)
    @cython.locals(end=Py_ssize_t)
    cpdef take_view(self, list segs)
    cpdef _complete(self, tuple key, in_view)
    cpdef end_round(self)
    cpdef _count(self)
    @cython.locals(used=list, first=long)
    cpdef take_used(self, list segs)
    cpdef end_run(self)

@cython.locals(at=Py_ssize_t, number=bytes, elevation=bytes, azimuth=bytes, noise=bytes, found=dict)
cdef dict _satellites(list segs, Py_ssize_t end, long first)
cdef _number(bytes text, long first)
cdef _elevation(bytes text)
