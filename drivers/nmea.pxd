import cython
from .gps_fields cimport checksum, clock_of, coordinate, optional, whole
from .satellites cimport Satellites

cdef class NMEA:
    cdef public long malformed, crc_fails, clean_sentences
    cdef public long parsed_sentences, void_sentences, bad_fields, unsupported_sentences
    cdef public object course, altitude, geoid_height, magvar, hdop, pdop, vdop, satellites_in_use, fix_quality
    cdef public object days, second, msecs, _knots, _latitude, _longitude, _fix_clock, _date, _address
    cdef public int _valid, _last_kind
    cdef public Satellites _satellites
    cdef public dict _parsers
    cdef dict __dict__
    cdef object __weakref__

    @cython.locals(segs=list, kind=int, text=str)
    cpdef take(self, line)
    @cython.locals(start=Py_ssize_t, star=Py_ssize_t, body=bytes, end=bytes, both=int, text=str)
    cpdef _body(self, line)
    cpdef _rmc(self, list segs)
    cpdef _gll(self, list segs)
    cpdef _vtg(self, list segs)
    cpdef _gga(self, list segs)
    cpdef _gsa(self, list segs)
    cpdef _gsv(self, list segs)

cdef bint _active(str status) except -1
cdef tuple _position(list segs, Py_ssize_t first)
