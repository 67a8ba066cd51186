import pytest

from twincore.desktop import targets
from twincore.desktop.emulation import image

pytest.importorskip("littlefs", reason="the extra `board` is not installed")


def read_back(data, block_count=image.BLOCK_COUNT):
    from littlefs import LittleFS, UserContext

    context = UserContext(image.BLOCK_SIZE * block_count)
    context.buffer[:] = data.ljust(len(context.buffer), b"\xff")
    filesystem = LittleFS(context=context, block_size=image.BLOCK_SIZE, block_count=block_count)
    found = {}
    for folder, _, names in filesystem.walk("/"):
        for name in names:
            path = f"{folder.rstrip('/')}/{name}"
            with filesystem.open(path, "rb") as file:
                found[path] = file.read()
    return found


def test_an_image_holds_the_files_it_was_given():
    files = {"/app/main.py": b"print(1)\n", "/app/deep/er/data": b"\xff" * 10_000, "/empty": b""}
    assert read_back(image.make_image(files)) == files


def test_an_image_is_as_large_as_the_board_has_it():
    files = {"/big": bytes(3000 * 1024)}
    assert read_back(image.make_image(files, 1792), 1792) == files
    with pytest.raises(ValueError, match="do not fit"):
        image.make_image({"/big": bytes(100 * 1024)}, 16)


def test_the_same_files_give_the_same_image():
    files = {"/a": b"1", "/b/c": b"2"}
    assert image.make_image(files) == image.make_image(files)


def test_files_that_do_not_fit_are_an_error_that_says_their_size():
    with pytest.raises(ValueError, match="2000 kB of files do not fit on the board"):
        image.make_image({"/big": bytes(2000 * 1024)})


def test_the_library_is_compiled_for_the_board(tmp_path):
    extra = tmp_path / "table.csv"
    extra.write_text("1,2\n")
    files = image.board_files({"/app/app.py": b"pass", "/app/table.csv": extra})
    core = files["/lib/twincore/core/__init__.mpy"]
    assert core[:2] == b"M\x06"  # an .mpy file, version 6
    assert files["/app/table.csv"] == b"1,2\n"
    assert not any("desktop" in path or path.endswith(".pxd") for path in files)


def test_what_the_board_does_not_take_compiled_goes_there_as_source():
    files = image.board_files({}, takes=lambda module: False)
    assert "/lib/twincore/core/__init__.py" in files
    assert files.keys() == {path.replace(".mpy", ".py") for path in image.board_files({})}


def test_a_module_is_compiled_once_per_content(no_targets, app):
    module = app("x = 1\n", "module.py")
    first = image.compiled("twincore/module.py", module)
    cached = list((targets.targets_folder() / "mpy").iterdir())
    assert image.compiled("twincore/module.py", module) == first
    assert list((targets.targets_folder() / "mpy").iterdir()) == cached
    module.write_text("x = 2\n")
    assert image.compiled("twincore/module.py", module) != first


def test_a_module_the_compiler_refuses_is_named(no_targets, app):
    with pytest.raises(image.CompileError, match=r"module\.py.*\n.*SyntaxError|module\.py: .*SyntaxError"):
        image.compiled("twincore/module.py", app("def\n", "module.py"))
