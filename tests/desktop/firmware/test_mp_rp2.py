"""rp2: PIO programs can be written down and not run; the button."""


def test_a_pio_program_is_refused_where_it_is_used(run):
    ran = run("""
import rp2
@rp2.asm_pio(out_init=rp2.PIO.OUT_LOW)
def blink():
    set(pins, 1)
    nop()          [31]
print(blink)
rp2.StateMachine(0, blink, freq=2000)
""")
    assert ran.code == 1
    assert ran.lines[0] == "<PIO program blink>"
    assert "line 8" in ran.text
    assert ran.lines[-1].startswith("NotImplementedError: rp2.StateMachine: a simulated board has no StateMachine")


def test_the_bootsel_button(new_world):
    world = new_world("pico")
    rp2 = world.import_module("rp2")
    assert rp2.bootsel_button() == 0
    world.board.bootsel = True
    assert rp2.bootsel_button() == 1
    assert not hasattr(rp2, "Flash")
