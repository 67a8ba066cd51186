"""packed and unpacked: what SynCom sends, with a checksum and without a 0 but at the end. Any context."""


def packed(kind, data):
    """A record of `kind`, one byte, with `data`, bytes without a 0."""
    record = kind + data
    return record + b"%04x\0" % _checksum(record, len(record))


def unpacked(record):
    """(kind, data) of a record that came, without its 0; (None, None) if it is none."""
    length = len(record) - 4
    if length < 1 or record[length:] != b"%04x" % _checksum(record, length):
        return None, None
    return record[:1], record[1:length]


def _checksum(record, length):
    """Fletcher's, of 16 bits: it tells any two bytes that have changed places, and any one that has changed."""
    low = high = 0
    for n in range(length):
        low = (low + record[n]) % 255
        high = (high + low) % 255
    return high << 8 | low
