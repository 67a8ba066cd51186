"""`twincore serve --pty` as Thonny sees it: its back end, unmodified, which talks to a board for Thonny's window."""

import os
import queue
import subprocess
import sys
import threading
from pathlib import Path

import pytest

common = pytest.importorskip("thonny.common", reason="Thonny is not installed")

pytestmark = [pytest.mark.cpython, pytest.mark.timeout(120)]
BACK_END = Path(common.__file__).parent / "plugins" / "rp2040" / "rp2040_back.py"  # imported, it would want a window
OPTIONS = {  # those of its window, as they are if nobody changes them
    "clean": True,
    "dtr": None,
    "rts": None,
    "submit_mode": "raw_paste",
    "interrupt_on_connect": True,
    "write_block_size": 64,
    "write_block_delay": None,
    "sync_time": True,
    "validate_time": False,
    "local_rtc": True,
}
ENDED = "it has ended\n"
SECONDS = 30  # that an answer may take


class Thonny:
    """Its back end at a port. What comes from it is read in a thread."""

    def __init__(self, port, folder, clean):
        command = [sys.executable, str(BACK_END), repr({**OPTIONS, "port": port, "clean": clean})]
        environment = {**os.environ, "THONNY_USER_DIR": str(folder)}
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
        )
        self._messages = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.printed = ""

    def _read(self):
        while text := common.read_one_incoming_message_str(self._process.stdout.readline):
            self._messages.put(common.parse_message(text) if text.startswith(common.MESSAGE_MARKER) else text)
        self._messages.put(ENDED)

    def send(self, message):
        self._process.stdin.write(common.serialize_message(message) + "\n")
        self._process.stdin.flush()

    def wait(self, kind, wanted=""):
        """The next message of this kind, for a printed one with `wanted` in it. What is printed until then is kept."""
        while True:
            message = self._messages.get(timeout=SECONDS)
            if isinstance(message, str):  # what it says of itself: progress, a fault
                self.printed += message
                assert message != ENDED, self.printed
                continue
            if message.event_type == "ProgramOutput":
                self.printed += message.data
            if message.event_type == kind and wanted in self.printed:
                return message

    def ask(self, name, **arguments):
        self.send(common.InlineCommand(name, id=name, **arguments))
        answer = self.wait(f"{name}_response")
        assert "error" not in answer, answer
        return answer

    def close(self):
        self._process.kill()
        self._reader.join()
        self._process.communicate()


@pytest.fixture
def thonny(started, target_is_here, tmp_path):
    target_is_here("rp2040")
    server = started("serve", "--pty")
    port = server.stdout.readline().decode().split()[-1]
    (tmp_path / "thonny").mkdir()
    back_ends = []

    def connect(clean=True):
        back_ends.append(Thonny(port, tmp_path / "thonny", clean))
        return back_ends[-1]

    yield connect
    for back_end in back_ends:
        back_end.close()


def test_a_script_runs_and_is_interrupted_and_what_comes_after_it_runs_too(thonny):
    back_end = thonny()
    assert "Raspberry Pi Pico" in back_end.wait("ToplevelResponse").welcome_text
    script = "from twincore import core\nprint('at work')\ncore.run(core.sleep(600))\n"
    back_end.send(common.ToplevelCommand("Run", source=script))
    back_end.wait("ProgramOutput", "at work")
    back_end.send(common.ImmediateCommand("interrupt"))
    back_end.wait("ToplevelResponse", "KeyboardInterrupt")
    back_end.send(common.ToplevelCommand("execute_source", source="print(6 * 7)\n"))
    back_end.wait("ToplevelResponse", "42\r\n")


def test_files_go_there_are_listed_and_come_back(thonny, tmp_path):
    back_end = thonny()
    back_end.wait("ToplevelResponse")
    here, content = tmp_path / "local.bin", bytes(range(256)) * 8
    here.write_bytes(content)
    item = {"kind": "file", "size": len(content), "source_path": str(here), "target_path": "/there.bin"}
    assert back_end.ask("upload", items=[item], make_shebang_scripts_executable=False).errors == []
    listed = back_end.ask("get_dirs_children_info", paths=["/"], node_id="", include_hidden=True).data["/"]
    assert listed["there.bin"]["size"] == len(content) and "lib" in listed
    item = {"kind": "file", "size": len(content), "source_path": "/there.bin", "target_path": f"{here}.back"}
    assert back_end.ask("download", items=[item]).errors == []
    assert Path(f"{here}.back").read_bytes() == content


def test_it_connects_again_to_a_board_that_it_left_at_work(thonny):
    first = thonny()
    first.wait("ToplevelResponse")
    first.send(common.ToplevelCommand("Run", source="print('at work')\nwhile True: print(end='.')\n"))
    first.wait("ProgramOutput", "at work")
    first.close()
    again = thonny(clean=False)
    again.wait("ToplevelResponse")
    again.send(common.ToplevelCommand("execute_source", source="print(6 * 7)\n"))
    again.wait("ToplevelResponse", "42\r\n")
