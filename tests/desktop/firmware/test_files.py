"""A board's files: a folder that the application sees as `/`."""

import errno

import pytest

from twincore.desktop.firmware.files import Files


@pytest.fixture
def files(tmp_path):
    files = Files(tmp_path / "board")
    yield files
    files.close()


def write(files, path, text="x"):
    with files.open(path, "w") as file:
        file.write(text)


def test_the_board_root_is_the_folder_and_is_made_by_writing(files, tmp_path):
    assert files.listdir() == []
    assert not (tmp_path / "board").exists()
    write(files, "/a.txt", "text\r\n")
    assert (tmp_path / "board" / "a.txt").read_bytes() == b"text\r\n"
    assert files.open("a.txt").read() == "text\r\n"


def test_nothing_leads_out_of_the_root(files, tmp_path):
    (tmp_path / "secret").write_text("s")
    write(files, "a")
    for path in ("../secret", "/../secret", str(tmp_path / "secret"), "x/../../secret"):
        with pytest.raises(OSError) as caught:
            files.open(path)
        assert caught.value.errno == errno.ENOENT


def test_errors_show_the_number_and_the_symbol_only(files):
    with pytest.raises(OSError) as caught:
        files.open("none")
    assert (type(caught.value), caught.value.args, str(caught.value)) == (OSError, (2,), "[Errno 2] ENOENT")


def test_folders_are_made_listed_entered_and_removed(files):
    files.mkdir("/d")
    files.chdir("d")
    assert files.getcwd() == "/d"
    write(files, "f", "12345")
    assert list(files.ilistdir("/")) == [("d", 0x4000, 0, 0)]
    assert list(files.ilistdir()) == [("f", 0x8000, 0, 5)]
    assert files.stat("f")[:7] == (0x8000, 0, 0, 0, 0, 0, 5)
    assert files.stat("/d")[0] == files.stat("/")[0] == 0x4000
    with pytest.raises(OSError) as caught:
        files.rmdir("/d")
    assert caught.value.errno == errno.ENOTEMPTY
    files.rename("f", "/g")
    files.chdir("..")
    files.remove("d")
    assert files.listdir() == ["g"]
    with pytest.raises(OSError) as caught:
        files.chdir("g")
    assert caught.value.errno == errno.ENOENT


def test_a_file_takes_room(files):
    free = files.statvfs("/")[3]
    write(files, "f", "x" * 10000)
    assert files.statvfs("/")[3] == free - 3


def test_times_count_from_the_boards_epoch(tmp_path):
    write(Files(tmp_path), "f")
    assert Files(tmp_path).stat("f")[8] - Files(tmp_path, epoch=946684800).stat("f")[8] == 946684800


def test_what_the_application_left_open_is_closed_with_what_it_wrote(files, tmp_path):
    file = files.open("left", "w")
    file.write("kept")
    files.close()
    assert file.closed
    assert (tmp_path / "board" / "left").read_text() == "kept"


def test_a_mode_that_is_none_is_named(files):
    with pytest.raises(ValueError, match="'q'"):
        files.open("f", "q")
