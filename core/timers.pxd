import cython

cdef class Timer:
    cdef public long long when
    cdef public long long order
    cdef public Py_ssize_t slot

    cpdef expire(self)

cdef class TimerHeap:
    cdef public list heap
    cdef long long arrivals

    cpdef push(self, Timer timer, long long when)
    @cython.locals(first=Timer)
    cpdef Timer pop(self)
    @cython.locals(heap=list, slot=Py_ssize_t, last=Timer)
    cpdef remove(self, Timer timer)
    @cython.locals(heap=list, timer=Timer)
    cpdef rebase(self, long long by)
    @cython.locals(heap=list, when=cython.longlong, order=cython.longlong, up=Py_ssize_t, parent=Timer)
    cdef _rise(self, Py_ssize_t slot, Timer timer)
    @cython.locals(heap=list, end=Py_ssize_t, down=Py_ssize_t, child=Timer, other=Timer)
    cdef Py_ssize_t _sink(self, Py_ssize_t slot) except -1
