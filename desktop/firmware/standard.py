"""MicroPython's modules that are the standard library's, but for the names that a board has not."""

NAMES = {
    "cmath": "cos e exp log log10 phase pi polar rect sin sqrt",
    "errno": (
        "EACCES EADDRINUSE EAGAIN EALREADY EBADF ECONNABORTED ECONNREFUSED ECONNRESET EEXIST EHOSTUNREACH EINPROGRESS "
        "EINVAL EIO EISDIR ENOBUFS ENODEV ENOENT ENOMEM ENOTCONN EOPNOTSUPP EPERM ETIMEDOUT errorcode"
    ),
    "heapq": "heapify heappop heappush",
    "math": (
        "acos acosh asin asinh atan atan2 atanh ceil copysign cos cosh degrees e erf erfc exp expm1 fabs factorial "
        "floor fmod frexp gamma inf isclose isfinite isinf isnan ldexp lgamma log log10 log2 modf nan pi pow radians "
        "sin sinh sqrt tan tanh tau trunc"
    ),
}
