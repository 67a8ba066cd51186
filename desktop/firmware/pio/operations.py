"""What each of a PIO's instructions does (RP2040 datasheet, 3.4): one function for each kind.

They are called as `operation(machine, bits 7 to 5, bits 4 to 0, act)`, and return DONE, or why the instruction was not
executed: then nothing has changed. For `act` and EFFECT see `machine`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .machine import Machine

DONE, BLOCKED, EFFECT, WATCH = range(4)  # WATCH: it looks at pins, `wanted`, whose levels are not followed yet
ALL = 0xFFFFFFFF


def rolled(value: int, base: int) -> int:
    """`value` with its lowest bit at the pin `base`; behind the last pin comes the first."""
    return (value << base | value >> (32 - base)) & ALL


def jmp(m: Machine, condition: int, address: int, act: bool) -> int:
    if condition == 0:
        jumps = True
    elif condition == 1:
        jumps = not m.x
    elif condition == 2:
        jumps = m.x != 0
        m.x = (m.x - 1) & ALL
    elif condition == 3:
        jumps = not m.y
    elif condition == 4:
        jumps = m.y != 0
        m.y = (m.y - 1) & ALL
    elif condition == 5:
        jumps = m.x != m.y
    elif condition == 6:
        pin = m.settings.jmp_pin
        if not m.sees(1 << pin):
            return WATCH
        jumps = m.block.units.levels >> pin & 1 == 1
    else:
        jumps = m.osr_count < m.pull_at
    if jumps:
        m.target = address
    return DONE


def wait(m: Machine, a: int, index: int, act: bool) -> int:
    polarity, source = a >> 2, a & 3
    if source >= 2:
        bit = m.block.flag(index, m.number)
        if m.block.flags & bit == 0:
            return BLOCKED if polarity else DONE
        if not polarity:
            return BLOCKED
        if not act:
            return EFFECT
        m.block.lower(bit)
        return DONE
    pin = index if source == 0 else (m.settings.in_base + index) & 0x1F
    if not m.sees(1 << pin):
        return WATCH
    return DONE if m.block.units.levels >> pin & 1 == polarity else BLOCKED


def in_(m: Machine, source: int, count: int, act: bool) -> int:
    mask = (1 << count) - 1
    if source == 0:
        if not m.sees(rolled(mask, m.settings.in_base)):
            return WATCH
        data = m.pins_in() & mask
    else:
        data = (0, m.x, m.y, 0, 0, 0, m.isr, m.osr)[source] & mask
    shifted = min(32, m.isr_count + count)
    isr = (m.isr >> count | data << (32 - count)) if m.in_right else (m.isr << count | data)
    if m.autopush and shifted >= m.push_at:
        if len(m.rx) >= m.rx_size:
            return BLOCKED
        if not act:
            return EFFECT
        m.rx.append(isr & ALL)
        m.block.units.fifo_changed(m)
        isr = shifted = 0
    m.isr, m.isr_count = isr & ALL, shifted
    return DONE


def out(m: Machine, dest: int, count: int, act: bool) -> int:
    if m.autopull and m.osr_count >= m.pull_at:
        if not m.tx:
            return BLOCKED
        if not act:
            return EFFECT
        m.refill()
        m.repeats = True  # it stalls while it is refilled
        return DONE
    mask = (1 << count) - 1
    data = m.osr & mask if m.out_right else m.osr >> (32 - count)
    osr = m.osr >> count if m.out_right else m.osr << count & ALL
    shifted = min(32, m.osr_count + count)
    refills = m.autopull and shifted >= m.pull_at and m.tx
    if refills and not act:
        return EFFECT
    if dest in (0, 4) and m.drives(m.settings.out, data, dest == 4, act):
        return EFFECT
    m.osr, m.osr_count = osr, shifted
    if refills:
        m.refill()
    if dest == 1:
        m.x = data
    elif dest == 2:
        m.y = data
    elif dest == 5:
        m.target = data & 0x1F
    elif dest == 6:
        m.isr, m.isr_count = data, count
    elif dest == 7:
        m.injected = data & 0xFFFF
    return DONE


def push(m: Machine, a: int, b: int, act: bool) -> int:
    if a & 2 and m.isr_count < m.push_at:
        return DONE
    if len(m.rx) >= m.rx_size:
        if a & 1:
            return BLOCKED
    elif not act:
        return EFFECT
    else:
        m.rx.append(m.isr)
        m.block.units.fifo_changed(m)
    m.isr = m.isr_count = 0
    return DONE


def pull(m: Machine, a: int, b: int, act: bool) -> int:
    if (a & 2 and m.osr_count < m.pull_at) or (m.autopull and m.osr_count == 0):
        return DONE
    if m.tx:
        if not act:
            return EFFECT
        m.refill()
    elif a & 1:
        return BLOCKED
    else:
        m.osr, m.osr_count = m.x, 0
    return DONE


def mov(m: Machine, dest: int, b: int, act: bool) -> int:
    source = b & 7
    if source == 0:
        if not m.sees(ALL):
            return WATCH
        data = m.pins_in()
    elif source == 5:
        data = m.level(m.status[0])
    else:
        data = (0, m.x, m.y, 0, 0, 0, m.isr, m.osr)[source]
    if b & 0x18 == 0x08:
        data ^= ALL
    elif b & 0x18 == 0x10:
        data = int(f"{data:032b}"[::-1], 2)
    if dest == 0:
        if m.drives(m.settings.out, data, 0, act):
            return EFFECT
    elif dest == 1:
        m.x = data
    elif dest == 2:
        m.y = data
    elif dest == 4:
        m.injected = data & 0xFFFF
    elif dest == 5:
        m.target = data & 0x1F
    elif dest == 6:
        m.isr, m.isr_count = data, 0
    elif dest == 7:
        m.osr, m.osr_count = data, 0
    return DONE


def irq(m: Machine, a: int, index: int, act: bool) -> int:
    bit = m.block.flag(index, m.number)
    is_set = m.block.flags & bit != 0
    if a & 2:
        if is_set:
            if not act:
                return EFFECT
            m.block.lower(bit)
        return DONE
    if m.irq_waits:
        if is_set:
            return BLOCKED
        m.irq_waits = 0
        return DONE
    if not is_set:
        if not act:
            return EFFECT
        m.block.rise(bit)
    if a & 1:
        m.irq_waits = 1
        m.repeats = True
    return DONE


def set_(m: Machine, dest: int, data: int, act: bool) -> int:
    if dest in (0, 4):
        if m.drives(m.settings.set, data, dest == 4, act):
            return EFFECT
    elif dest == 1:
        m.x = data
    elif dest == 2:
        m.y = data
    return DONE


OPERATIONS: tuple[Callable[..., int], ...] = (jmp, wait, in_, out, push, mov, irq, set_)
