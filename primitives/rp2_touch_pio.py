"""The PIO program of RP2Touch: how long a pad keeps its charge. For RP2 boards, as it imports `rp2`."""

import rp2

# ruff: noqa: F821 - asm_pio knows these names


# For each word that it is given, the most to count, it charges the pad, lets go, and answers with what was left of that
# when the pin read low, in 16 bits; 0xFFFF: it never did. A count takes two cycles. The output is high all the time.
@rp2.asm_pio(set_init=rp2.PIO.IN_HIGH)
def discharge():
    pull()
    mov(x, osr)
    set(pindirs, 1)[31]
    set(pindirs, 0)
    label("look")
    jmp(pin, "charged")
    jmp("answer")
    label("charged")
    jmp(x_dec, "look")
    label("answer")
    in_(x, 16)
    push()
