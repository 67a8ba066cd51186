"""Scripts that print what the scheduler does, in `scripts/`: each prints exactly what its last comment says.

    # The rule, in a line.
    # asyncio differs: why.          (only if it does)
    from twincore import core as asyncio
    ...
    # prints:
    # what it prints

They run on a VirtualClock, so that times are exact and no time is lost. CPython's asyncio has to print the same, on a
clock of the same kind, or else the script says that and why it differs. Where they differ upstream's rule is ours.
"""

import os

import pytest

from support import CPYTHON

FOLDER = __file__[: -len(__file__.split("/")[-1])] + "scripts/"
IMPORT = "from twincore import core as asyncio\n"
DIFFERS, MAY_DIFFER = "# asyncio differs: ", "# asyncio may differ: "  # the second: it depends on its version


class Script:
    def __init__(self, name):
        with open(FOLDER + name + ".py") as file:
            source = file.read()
        self.code, _, expected = source.partition("\n# prints:\n")
        self.expected = [line[2:] for line in expected.splitlines()]
        lines = source.splitlines()
        self.rule = lines[0]
        self.differs = lines[1].startswith(DIFFERS)
        self.may_differ = self.differs or lines[1].startswith(MAY_DIFFER)

    def run(self, printed, code):
        """Add the lines that it prints to `printed`."""

        def capture(*words):
            printed.extend(" ".join([str(word) for word in words]).split("\n"))

        exec(compile(code, FOLDER + "script.py", "exec"), {"__name__": "__main__", "print": capture})

    def check(self, printed):
        if printed != self.expected:
            same = 0
            while printed[same : same + 1] == self.expected[same : same + 1]:
                same += 1
            places = ["  " + line for line in printed[:same]]
            places += ["- " + line for line in self.expected[same:]]
            places += ["+ " + line for line in printed[same:]]
            raise AssertionError(self.rule + "\nexpected (-) and printed (+):\n" + "\n".join(places))


pytestmark = pytest.mark.timeout(60)
NAMES = sorted([name[:-3] for name in os.listdir(FOLDER)]) if CPYTHON else []


@pytest.mark.rp2040(seeds=1, files="scripts")
@pytest.mark.parametrize("name", NAMES)
def test_a_script_prints_what_it_says(core, name):
    script, printed = Script(name), []
    new_event_loop = core.new_event_loop
    core.new_event_loop = lambda: new_event_loop(core.VirtualClock())  # a script may call it, too
    core.new_event_loop()
    try:
        script.run(printed, script.code.replace("twincore", core.__name__.split(".")[0]))
    finally:
        core.new_event_loop = new_event_loop
        new_event_loop()
    script.check(printed)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited")
def test_asyncio_prints_the_same_unless_the_script_says_why(name, virtual_asyncio):
    script, printed = Script(name), []
    assert IMPORT in script.code
    missing = {"TaskGroup", "timeout"} - set(dir(virtual_asyncio))
    if any("asyncio." + each in script.code for each in missing) and not script.may_differ:
        pytest.skip("this Python's asyncio has no " + ", ".join(sorted(missing)))
    try:
        script.run(printed, script.code.replace(IMPORT, "import asyncio\n"))
    except BaseException as error:
        if not script.may_differ or isinstance(error, pytest.fail.Exception):
            raise
        printed.append(repr(error))
    if script.differs:
        assert printed != script.expected, "asyncio prints the same: the script should not say that it differs"
    elif not script.may_differ:
        script.check(printed)


@pytest.mark.parametrize("name", NAMES)
def test_a_script_states_its_rule_and_is_short(name):
    script = Script(name)
    assert script.rule.startswith("# ") and script.rule.endswith((".", ")"))
    assert script.expected
    assert script.code.count("\n") <= 60


@pytest.fixture
def virtual_asyncio(monkeypatch):
    """asyncio, with loops whose time jumps to the next timer when nothing else is left to do."""
    import asyncio
    import selectors

    class Jumping(selectors.SelectSelector):
        time = 0.0

        def select(self, timeout=None):
            ready = super().select(0)
            if not ready:
                if timeout is None:
                    raise TimeoutError("it would wait for ever")
                self.time += timeout
            return ready

    class Loop(asyncio.SelectorEventLoop):
        def __init__(self):
            self.jumping = Jumping()
            super().__init__(self.jumping)

        def time(self):
            return self.jumping.time

    monkeypatch.setattr(asyncio.events, "new_event_loop", Loop)
    monkeypatch.setattr(asyncio, "new_event_loop", Loop)
    return asyncio
