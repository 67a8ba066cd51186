import cython
from .gps_fields cimport checksum, clock_of, coordinate, optional, whole
from .satellites cimport Satellites

cdef class NMEA:
    cdef public long malformed, crc_fails, clean_sentences
    cdef public long parsed_sentences, void_sentences, bad_fields, unsupported_sentences
    cdef public object course, altitude, geoid_height, magvar, hdop, pdop, vdop, satellites_in_use, fix_quality
    cdef public object days, second, msecs, _knots, _address
    cdef public tuple _latitude, _longitude, _fix_clock, _north_is, _east_is, _time_is
    cdef public bytes _date, _north, _east, _time
    cdef public int _valid, _last_kind
    cdef public Satellites _satellites
    cdef public dict _known, _parsers
    cdef dict __dict__
    cdef object __weakref__

    @cython.locals(segs=list, kind=int, known=tuple, body=bytes, address=bytes)
    cpdef take(self, line)
    @cython.locals(start=Py_ssize_t, star=Py_ssize_t, rest=Py_ssize_t, body=bytes, told=bytes, both=int, high=int, low=int)
    @cython.locals(found=tuple)
    cpdef tuple _find_parser(self, bytes address)
    cpdef bytes _body(self, line)
    @cython.locals(north=bytes, east=bytes)
    cpdef tuple _place(self, list segs, Py_ssize_t first)
    cpdef tuple _clock(self, bytes text)
    cpdef _rmc(self, list segs)
    cpdef _gll(self, list segs)
    cpdef _vtg(self, list segs)
    cpdef _gga(self, list segs)
    cpdef _gsa(self, list segs)
    cpdef _gsv(self, list segs)

cdef bytes _encoded(line)
cdef bint _active(bytes status) except -1
