"""A whole file, read or written in one hop: of any size, a pipe, and what can't be read."""

import os

import pytest

from support import run, submodule

pytestmark = pytest.mark.cpython


@pytest.fixture
def files(offload):
    return submodule(offload, "whole_files_cpython")


def test_a_whole_file_in_one_hop(core, offload, files, tmp_path):
    path = tmp_path / "x"

    async def main():
        before = offload.pool("files").statistics()["done"]
        assert await files.write_bytes(path, b"\x00\r\n") == 3
        assert await files.read_bytes(path) == b"\x00\r\n"
        assert await files.write_text(path, "ä\n", "utf-16") == 2
        assert await files.read_text(path, "utf-16") == "ä\n"
        assert offload.pool("files").statistics()["done"] == before + 4

    run(core, main)


@pytest.mark.parametrize("size", [0, 1, 1 << 16, (1 << 16) + 1, 300_000])
def test_a_whole_file_of_any_size_or_pipe(core, files, tmp_path, size):
    data = bytes(n % 251 for n in range(size))
    (tmp_path / "data").write_bytes(data)

    async def main():
        assert await files.read_bytes(tmp_path / "data") == data
        out, into = os.pipe()
        writing = files.write_bytes(into, data)
        writing.start()
        assert await files.read_bytes(out) == data
        assert await writing == size
        named = tmp_path / "fifo"
        os.mkfifo(named)
        writing = files.write_bytes(named, data)
        writing.start()
        assert await files.read_bytes(str(named)) == data
        assert await writing == size
        for fd in (out, into):
            with pytest.raises(OSError):  # as Python's open closes them
                os.fstat(fd)

    run(core, main)


def test_what_cannot_be_read_whole_is_named(core, files, tmp_path):
    async def main():
        for path in (tmp_path, tmp_path / "none", b"no/ne"):
            error = IsADirectoryError if path == tmp_path else FileNotFoundError
            with pytest.raises(error) as caught:
                await files.read_bytes(path)
            assert caught.value.filename == os.fspath(path)
        with pytest.raises(ValueError):
            await files.read_bytes("a\0b")
        with pytest.raises(TypeError):
            await files.read_bytes(None)

    run(core, main)
