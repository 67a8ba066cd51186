"""How the instructions of `@micropython.asm_thumb` are written: names and operands, as in MicroPython's assembler."""

from __future__ import annotations

import ast
from itertools import product
from typing import NamedTuple

WORD = 0xFFFFFFFF
CONDITIONS = "eq ne cs cc mi pl vs vc hi ls ge lt gt le".split()
REGISTERS = {f"r{number}": number for number in range(16)} | {"sl": 10, "fp": 11, "sp": 13, "lr": 14, "pc": 15}
LAST_LOW, SP, LR, PC = 7, 13, 14, 15
ALL = """
nop; wfi; b label; bl label; bx reg; cpsid any; cpsie any; push list; pop list
mov reg reg; mov low 0xff; cmp low low; cmp low 0xff; cmn low low; tst low low
add low 0xff; add low low low; add low low 0x7; sub low 0xff; sub low low low; sub low low 0x7
adc low low; sbc low low; mul low low; neg low low; and_ low low; orr low low; eor low low; bic low low; mvn low low
lsl low low; lsl low low 0x1f; lsr low low; lsr low low 0x1f; asr low low; asr low low 0x1f; ror low low
ldr low [0x7c]; ldrh low [0x3e]; ldrb low [0x1f]; str low [0x7c]; strh low [0x3e]; strb low [0x1f]
"""
OF_M3_AND_M4 = """
movw plain 0xffff; movt plain 0xffff; movwt plain 0xffffffff; clz plain plain; rbit plain plain
sdiv plain plain plain; udiv plain plain plain; ldrex plain [0xff]; strex plain plain [0xff]
vadd s s s; vsub s s s; vmul s s s; vdiv s s s; vsqrt s s; vneg s s; vcmp s s; vcvt_f32_s32 s s; vcvt_s32_f32 s s
vmov plain s; vmov s plain; vmrs flags fpscr; vmrs plain fpscr; vldr s [0x3fc]; vstr s [0x3fc]
"""  # each of four bytes; movwt is two of them


class Form(NamedTuple):
    """One way to write an instruction. `operation`: its name, and a letter for each operand."""

    operation: str
    kinds: tuple[str, ...]
    size: int
    m3: bool  # a Cortex-M0+ has it not


LETTERS = {"label": "b", "list": "l", "s": "s", "condition": "c", "flags": "f", "any": "", "fpscr": ""}


def _letter(kind: str) -> str:
    if kind.startswith("["):
        return "a"
    return "i" if kind.startswith("0x") else LETTERS.get(kind, "r")


def _forms() -> dict[tuple[str, int], list[Form]]:
    """Name and number of operands -> how they may be."""
    branches = [(f"b{name}{wide} label", wide == "_w") for name, wide in product(CONDITIONS, ("", "_n", "_w"))]
    its = [(f"it{''.join(more)} condition", True) for count in range(4) for more in product("te", repeat=count)]
    written = [(text, False) for text in ALL.replace("\n", ";").split(";")]
    written += [(text, True) for text in OF_M3_AND_M4.replace("\n", ";").split(";")]
    found: dict[tuple[str, int], list[Form]] = {}
    for text, m3 in written + branches + its:
        name, *kinds = text.split() or ("",)
        if not name:
            continue
        size = 2 if name.startswith("it") or not (m3 or name == "bl") else 8 if name == "movwt" else 4
        operation = f"{name} {''.join(map(_letter, kinds))}".strip()
        found.setdefault((name, len(kinds)), []).append(Form(operation, tuple(kinds), size, m3))
    return found


FORMS = _forms()


def may_be(kind: str, node: ast.expr) -> bool:
    """Whether the operand looks like one of this kind, which tells forms of an instruction apart."""
    if kind == "flags":
        return isinstance(node, ast.Name) and node.id == "APSR_nzcv"
    if kind == "s":
        return isinstance(node, ast.Name) and node.id[:1] == "s" and node.id[1:].isdecimal()
    if kind in ("low", "reg", "plain"):
        return isinstance(node, ast.Name) and node.id in REGISTERS
    return not isinstance(node, ast.Name) or node.id not in REGISTERS


def counts_of(name: str) -> str:
    counts = [count for known, count in FORMS if known == name]
    return f": it takes {' or '.join(map(str, sorted(counts)))}" if counts else ""
