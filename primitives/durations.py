"""check_ms: a number of milliseconds that a user gave. For the modules of this folder."""

LONGEST = 1 << 40  # 34 years: what clocks count up to


def check_ms(name, value, least=1):
    """Return `value` if it is a number of milliseconds, `least` or more, None: any; ValueError if not."""
    if not isinstance(value, (int, float)) or not (-LONGEST if least is None else least) <= value <= LONGEST:
        if isinstance(value, (int, float)) and value > LONGEST:
            limit = "2**40 ms or less"
        else:
            limit = "in ms" if least is None else str(least) + " ms or more"
        raise ValueError(name + " is " + limit + ", a number, not " + repr(value))
    return value
