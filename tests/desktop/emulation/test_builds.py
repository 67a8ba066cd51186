import struct
import subprocess
import sys
from dataclasses import replace

import pytest

from twincore.desktop.emulation import builds, emulator
from twincore.desktop.emulation.builds import BuildError

RPI_PICO = struct.pack("<II", 0xA0000, 352 * 4096)  # the filesystem's place and size, as the firmware has them
OTHER_BOARD = struct.pack("<II", 0x100000, 240 * 4096)


@pytest.fixture
def pico(target_is_here):
    """The firmware of target rp2040, as it lies in flash."""
    return target_is_here("rp2040").firmware.read_bytes()


@pytest.fixture
def other_board(pico, tmp_path):
    """A firmware as for a board with another flash: the filesystem is elsewhere, and smaller."""
    assert pico.count(RPI_PICO) == 1
    file = tmp_path / "other.bin"
    file.write_bytes(pico.replace(RPI_PICO, OTHER_BOARD))
    return file


HI_ON_UART0 = (
    0x4805,  # ldr r0, uart0
    0x2101, 0x6241,  # movs r1, 1; str r1, [r0, IBRD]
    0x2170, 0x62C1,  # movs r1, 0x70; str r1, [r0, LCR_H]: 8 bits, FIFOs
    0x4904, 0x6301,  # ldr r1, enabled; str r1, [r0, CR]
    0x2148, 0x6001,  # movs r1, 'H'; str r1, [r0, DR]
    0x2169, 0x6001,  # movs r1, 'i'; str r1, [r0, DR]
    0xE7FE,  # here: b here
    0x4000, 0x4003,  # uart0: 0x40034000
    0x0301, 0x0000,  # enabled: UARTEN, TXE, RXE
)  # fmt: skip


def program(pico, *instructions):
    """A firmware of these instructions: the Pico's second-stage loader, a stack, and they."""
    return (
        pico[:256] + struct.pack("<II", 0x20040000, 0x10000109) + struct.pack(f"<{len(instructions)}H", *instructions)
    )


def test_a_build_says_what_it_is(pico):
    build = builds.of_target("rp2040")
    assert (build.version, build.machine) == ("1.25.0", "Raspberry Pi Pico with RP2040")
    assert (build.filesystem_start, build.block_count) == (0xA0000, 352)
    assert (build.threads, build.wifi) == (True, False)
    assert build.remarks() == []


def test_a_uf2_file_and_the_bin_it_was_made_of_are_the_same_build(pico, target_is_here):
    file = target_is_here("rp2040").firmware.with_suffix(".uf2")
    build = builds.of_file(file)
    assert build.binary.read_bytes()[: len(pico)] == pico
    assert replace(build, binary=None) == replace(builds.of_target("rp2040"), binary=None)


def test_a_build_is_asked_once(other_board, monkeypatch):
    build = builds.of_file(other_board)
    monkeypatch.setenv("PATH", "/nowhere")  # without node nothing can be booted
    assert builds.of_file(other_board) == build


def test_an_application_runs_with_the_filesystem_where_the_build_has_it(other_board, app, twincore):
    script = app("import os, twincore.core\nprint(os.statvfs('/')[:3], twincore.core.__file__)\n")
    result = twincore("run", script, "--on", "rp2040", "--firmware", other_board)
    assert (result.stdout, result.stderr) == ("(4096, 4096, 240) /lib/twincore/core/__init__.mpy\n", "")


def test_a_served_board_has_the_firmware_too(other_board, started):
    process = started("serve", "--port", "0", "--firmware", other_board)
    address = process.stdout.readline().decode().split()[-1]
    code = "import os; print(os.statvfs('/')[2])"
    command = [sys.executable, "-m", "mpremote", "connect", address, "exec", code]
    assert subprocess.run(command, capture_output=True, text=True, timeout=40).stdout.strip() == "240"


def test_a_build_that_takes_other_mpy_files_gets_the_library_as_source(pico, app, capsys):
    build = replace(builds.of_target("rp2040"), mpy=5)
    script = app("import twincore.core\nprint(twincore.core.__file__)\n")
    assert emulator.run(script, build=build).stdout == "/lib/twincore/core/__init__.py\n"
    assert build.remarks() == [
        "the firmware takes .mpy files of version 5 and mpy-cross here makes version 6: "
        "twincore goes to the board as source, which takes it more time and memory to import"
    ]


ARMV6M, XTENSA, VERSION_6_3 = 4, 9, 6 | 3 << 8


@pytest.mark.parametrize(
    ("version", "sub_version", "architecture", "fits"),
    [
        (6, 3, 0, True),
        (6, 1, 0, True),  # bytecode of the same version
        (5, 3, 0, False),
        (7, 3, 0, False),
        (6, 3, ARMV6M, True),
        (6, 2, ARMV6M, False),  # native code of another sub-version
        (6, 3, XTENSA, False),
    ],
)
def test_a_compiled_module_fits_a_build_as_micropython_has_it(pico, version, sub_version, architecture, fits):
    build = replace(builds.of_target("rp2040"), mpy=VERSION_6_3 | ARMV6M << 10)
    assert build.takes(bytes([ord("M"), version, sub_version | architecture << 2, 31])) == fits


def test_what_a_build_lacks_is_told(pico):
    build = replace(builds.of_target("rp2040"), version="1.9.4", threads=False, wifi=True)
    assert build.remarks() == [
        "the firmware is MicroPython 1.9.4; twincore is made for 1.25 and later",
        "the firmware has no _thread: all of twincore runs there but offload",
        "the firmware is for a board with Wi-Fi, which the emulated board does not have",
    ]


def test_a_firmware_that_crashes_is_told_with_the_place(pico, tmp_path):
    file = tmp_path / "crash.bin"
    file.write_bytes(pico[:100_000])
    with pytest.raises(BuildError, match=r"crash.bin did not get as far as MicroPython's prompt: core 0 crashed: hard"):
        builds.of_file(file)


def test_a_firmware_that_never_gets_to_a_prompt_is_told_with_what_it_printed(pico, tmp_path):
    file = tmp_path / "silent.bin"
    file.write_bytes(program(pico, *HI_ON_UART0))
    with pytest.raises(BuildError) as raised:
        builds.of_file(file)
    assert str(raised.value) == (
        "silent.bin did not get as far as MicroPython's prompt: stopped after 2 s of emulated time; it printed 'Hi'"
    )


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "cannot read the firmware "),
        (
            b"import sys\n",
            "it is not a UF2 file, nor does it start with the loader that an RP2040 starts from its flash",
        ),
        (b"UF2\n" + bytes(508), "it is damaged: its block 0 is not one of UF2"),
    ],
)
def test_what_is_no_firmware_is_an_error_in_one_line(twincore, app, tmp_path, target_is_here, content, reason):
    target_is_here("rp2040")
    file = tmp_path / "firmware.uf2"
    if content is not None:
        file.write_bytes(content)
    result = twincore("run", app("print(1)\n"), "--on", "rp2040", "--firmware", file)
    assert result.returncode == 2
    assert result.stdout == ""
    assert reason in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_uf2_file_without_the_loaders_checksum_is_refused(pico, tmp_path, target_is_here):
    data = bytearray(target_is_here("rp2040").firmware.with_suffix(".uf2").read_bytes())
    data[40] ^= 1
    file = tmp_path / "my.uf2"
    file.write_bytes(data)
    with pytest.raises(
        BuildError, match=r"an RP2040 would not start it, as the checksum of its first 256 bytes is wrong"
    ):
        builds.of_file(file)
