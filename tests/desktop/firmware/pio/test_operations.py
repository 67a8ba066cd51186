"""Instructions, as the datasheet has them where the emulated board says nothing else: see both_boards/pio.py."""

import pytest

# ruff: noqa: F821 - asm_pio knows these names


@pytest.fixture
def results(new_world):
    """A function: what a program has in its RX FIFO after 100 cycles: results(program, words, **settings)."""

    def results(program, words=(), **settings):
        world = new_world()
        with world.board.core("test"):
            rp2 = world.import_module("rp2")
            machine = rp2.StateMachine(0, rp2.asm_pio(**settings)(program), freq=1_000_000)
            for word in words:
                machine.put(word)
            machine.active(1)
            world.board.run(us=100)
            machine.active(0)
            return [machine.get() for _ in range(machine.rx_fifo())]

    return results


WORD = 0x12345678


@pytest.mark.parametrize(
    "program, words, settings, found",
    [
        (lambda: (pull(ifempty), out(x, 8), in_(x, 32), push()), [0x01020304, 2], {"pull_thresh": 16}, [1, 2, 0, 0]),
        (lambda: (in_(null, 20), push(iffull), in_(null, 12), push(iffull), pull()), [], {}, [0]),
        (lambda: (pull(), out(isr, 12), in_(null, 20), push(iffull), pull()), [0x80100000], {}, [0x80100000]),
        (lambda: (set(x, 7), pull(noblock), mov(isr, osr), push(), wait(1, irq, 7)), [], {}, [7]),
        (lambda: (set(x, 0), jmp(x_dec, "on"), label("on"), mov(isr, x), push(), pull()), [], {}, [0xFFFFFFFF]),
        (lambda: (jmp(not_osre, "on"), set(x, 5), label("on"), mov(isr, x), push(), pull()), [], {}, [5]),
        (lambda: (pull(), out(pc, 5), nop(), mov(isr, osr), push(), pull()), [29], {"out_shiftdir": 1}, [0]),
        (lambda: (pull(), out(exec, 16), mov(isr, x), push(), pull()), [0xE02B], {"out_shiftdir": 1}, [11]),
        (lambda: (set(x, 31), mov(pc, x), nop(), set(x, 1), mov(isr, x), push()), [], {}, [0] * 4),  # to the push
        (lambda: (pull(), mov(isr, reverse(osr)), push()), [WORD], {}, [0x1E6A2C48]),
        (lambda: (irq(rel(6)), wait(1, irq, 6), set(x, 3), mov(isr, x), push(), wait(1, irq, 6)), [], {}, [3]),
        (lambda: (irq(4), irq(clear, 4), wait(0, irq, 4), push(), pull()), [], {}, [0]),
        (lambda: (pull(), push(), pull()), [1], {"fifo_join": 1}, []),
    ],
)
def test_it_does_what_it_says(results, program, words, settings, found):
    assert results(program, words, **settings) == found


def test_moves_to_the_isr_and_osr_say_that_nothing_was_shifted(results):
    def program():
        in_(null, 31)
        mov(isr, x)
        in_(null, 2)
        mov(osr, x)
        jmp(not_osre, "full")
        pull()
        label("full")
        set(y, 9)
        in_(y, 30)
        pull()

    assert results(program, in_shiftdir=0, autopush=True) == [9]
