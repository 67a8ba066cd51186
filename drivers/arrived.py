"""arrived: how many bytes to ask a stream for, so that to read them does not hold up the loop. For tasks.

The `read(n)` of a UART blocks as long as one byte follows another: on RP2 whatever its `timeout`, as `timeout_char` is
at least 13 bits there (ports/rp2/machine_uart.c). 500 bytes at 115200 baud are 44 ms, at 9600 half a second.
"""


def arrived(stream, most):
    """So many as have come, 1 to `most`, where the device behind `stream` can tell, as a UART does; else `most`."""
    count = getattr(getattr(stream, "s", None), "any", None)
    if count is None:
        return most
    count = count()
    if count is True or count > most:  # a USB port knows only whether there are any
        return most
    return count or 1
