from twincore.desktop.targets import staging


def test_the_portable_folders_are_found_and_desktop_is_none_of_them():
    folders = staging.portable_folders()
    assert set(folders) == {"core", "threadsafe", "primitives", "drivers", "offload"}
    assert all((folder / "__init__.py").is_file() for folder in folders.values())


def test_library_sources_are_named_as_they_are_imported():
    names = dict(staging.library_sources())
    assert names["twincore/core/__init__.py"].read_text().startswith('"""twincore.core: ')
    assert not any("cpython" in name for name in names)
    assert all(name.startswith("twincore/") and name.endswith(".py") for name in names)


def test_the_linked_library_has_each_folder_and_is_made_once(no_targets):
    library = staging.linked_library()
    assert staging.linked_library() == library
    for name, folder in staging.portable_folders().items():
        assert (library / "twincore" / name).resolve() == folder


def test_modules_beside_the_script_are_found_through_each_other(app):
    script = app("import one\nfrom package import part\nimport sys, missing\n")
    app("from two import name\n", "one.py")
    app("import app\n", "two.py")
    app("", "unrelated.py")
    app("", "package/__init__.py")
    app("import three\n", "package/part.py")
    app("", "three.py")
    found = staging.modules_beside(script)
    assert set(found) == {"one.py", "two.py", "three.py", "package/__init__.py", "package/part.py"}


def test_of_the_aliases_only_what_the_script_needs_goes_with_it(app):
    script = app("from as_drivers.nec_ir.demos.one import value\nfrom primitives import Delay_ms\n")
    app("from ...sched.sched import schedule\n", "as_drivers/nec_ir/demos/one.py")
    found = staging.modules_beside(script, [staging.aliases_folder()])
    own = {"as_drivers/nec_ir/demos/one.py"}
    packages = {f"{name}/__init__.py" for name in ("primitives", "as_drivers", "as_drivers/nec_ir", "as_drivers/sched")}
    assert set(found) == own | packages | {"as_drivers/nec_ir/aremote.py", "as_drivers/sched/sched.py"}
    assert staging.uses_aliases(script)
    assert not staging.uses_aliases(app("import time\nfrom twincore.primitives import Queue\n"))


def test_a_script_that_cannot_be_parsed_takes_no_modules_along(app):
    assert staging.modules_beside(app("import one\ndef\n")) == {}
