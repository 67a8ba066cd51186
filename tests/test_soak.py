"""The soak, for a moment in each form; and that it tells if a queue loses, repeats, disorders or keeps something."""

import gc
import mmap
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import soak.run as run
from soak import made, rounds
from soak.command import command
from soak.forms import FORMS
from soak.ledger import Failure, Ledger

pytestmark = pytest.mark.cpython
FOLDER = Path(__file__).parent / "soak"


def line(name, kind="objects"):
    (form,) = (form for form in FORMS if form.name == name)
    return form, kind


THREADS = line("4 threads to 4 threads")


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_nothing_is_lost_or_disordered(core, threadsafe, form):
    lines = [(form, kind) for kind in form.kinds]
    work = run.Soak(core, threadsafe, 1e8, seed=20, lines=lines)
    for total in work.totals.values():
        total.count = 500
    for _ in range(2):
        for form, kind in lines:
            work.play(form, kind)
    assert work.moved > 0 and all(total.rounds == 2 for total in work.totals.values())


def test_the_forms_are_of_every_kind():
    assert len({form.name for form in FORMS}) == len(FORMS)
    assert {form.overflow for form in FORMS} == {"raise", "block", "drop_oldest", "drop_newest"}
    assert {way for form in FORMS for way in form.ways} == {"item", "batch", "nowait"}
    assert {form.make for form in FORMS} == {"ThreadSafeQueue", "SPSCQueue", *made.MADE}
    assert {whose for form in FORMS for _, _, whose in form.loops} >= {"twincore", "asyncio"}


def test_it_stops_after_so_many_items(core, threadsafe):
    work = run.Soak(core, threadsafe, 3000, seed=5, lines=[THREADS])
    work.run()
    assert 3000 <= work.moved == sum(total.items for total in work.totals.values())


def test_it_stops_after_so_many_seconds_but_not_before_a_round(core, threadsafe):
    work = run.Soak(core, threadsafe, 1e8, seconds=1e-9, seed=5, lines=[THREADS])
    work.run()
    assert [total.rounds for total in work.totals.values()] == [1]


def test_a_seed_decides_what_a_round_does(core, threadsafe):
    def plan(seed):
        made_ = rounds.Round(core, threadsafe, *THREADS, 100, seed)
        return made_.wild, made_.early, made_.random.random()

    assert plan(7) == plan(7) != plan(8)
    assert {plan(seed)[0] for seed in range(20)} == {True, False}


# That it can fail


class Faulty:
    """A queue that does `fault(queue, v)` instead of its 50th put of one item, whoever puts it."""

    def __init__(self, queue, fault):
        self.queue = queue
        self.fault = fault
        self.puts = 0

    def is_it(self):
        self.puts += 1
        return self.puts == 50

    def put_sync(self, v, block, timeout):
        if self.is_it():
            self.fault(self.queue, v)
        else:
            self.queue.put_sync(v, block, timeout)

    async def put(self, v, timeout):
        if not self.is_it():
            await self.queue.put(v, timeout)
        elif self.fault is lose:  # what may block a thread would block the loop
            pass
        else:
            await self.queue.put(v)
            await self.queue.put(v - (self.fault is go_back))

    def __getattr__(self, name):
        return getattr(self.queue, name)

    def __aiter__(self):
        return self.queue


def lose(queue, v):
    pass


def repeat(queue, v):
    queue.put_sync(v, True)
    queue.put_sync(v, True)


def go_back(queue, v):
    queue.put_sync(v, True)
    queue.put_sync(v - 1, True)


@pytest.mark.parametrize("fault", [lose, repeat, go_back])
@pytest.mark.parametrize("name", ["4 threads to 4 threads", "threads to tasks", "loop to loop", "SPSC thread to loop"])
def test_a_queue_that_is_wrong_once_is_found_out(core, threadsafe, fault, name):
    def make_queue(*args):
        return Faulty(rounds.make_queue(*args), fault)

    work = run.Soak(core, threadsafe, 1e6, seconds=20, seed=1, lines=[line(name)], make_queue=make_queue)
    with pytest.raises(Failure, match=f"{name}, objects, seed "):
        work.run()


def books(sent, *takes):
    """A Ledger of a producer that put `sent` numbers, and of a consumer for each of `takes`, lists of numbers."""
    ledger = Ledger(1, len(takes), 10)
    ledger.producers[0].sent = sent
    for consumer, numbers in zip(ledger.consumers, takes, strict=True):
        for number in numbers:
            consumer.take(number)
    return ledger


def test_the_ledger_takes_what_is_right():
    books(4, [0, 1, 2, 3]).check(0, False)
    books(4, [1, 3], [0, 2]).check(0, False)
    books(4, [1, 3]).check(2, True)


@pytest.mark.parametrize(
    "sent, takes, dropped, may_drop, said",
    [
        (4, ([0, 1, 3],), 0, False, "number 2 of producer 0 came 0 times"),
        (4, ([0, 1], [1, 2, 3]), 0, False, "number 1 of producer 0 came 2 times"),
        (2, ([0, 1, 2],), 0, False, "number 2 of producer 0 came 1 times, not 0"),
        (4, ([0, 1], [1, 2, 3]), 0, True, "number 1 of producer 0 came 2 times"),  # twice, where some may be missing
        (4, ([0, 1, 3],), 0, True, "3 were taken and 0 dropped"),  # lost, and not counted as dropped
        (4, ([0, 1, 2, 3],), 1, True, "4 were taken and 1 dropped"),
        (4, ([0, 1, 3],), 1, False, "number 2 of producer 0 came 0 times"),  # dropped where nothing may be
    ],
)
def test_the_ledger_finds_what_is_wrong(sent, takes, dropped, may_drop, said):
    with pytest.raises(Failure, match=said):
        books(sent, *takes).check(dropped, may_drop)


@pytest.mark.parametrize("numbers", [[0, 2, 1], [0, 0]])
def test_the_ledger_finds_disorder_at_one_consumer(numbers):
    with pytest.raises(Failure, match="came after number"):
        books(3, numbers)


def test_a_join_that_returns_too_early_is_found_out(core, threadsafe):
    round_ = rounds.Round(core, threadsafe, *line("task_done and join"), 100, 3)
    round_.ledger.producers[0].sent = 2
    round_.ledger.consumers[0].taken = 1
    with pytest.raises(Failure, match="join returned when 1 of 2"):
        round_.join_in_thread(None)  # nothing was put: it returns at once


def test_two_inside_a_lock_are_found_out(core, threadsafe):
    for make in made.MADE.values():
        queue = make(core, threadsafe, 2)
        queue.enter()
        with pytest.raises(Failure, match="2 are inside the lock"):
            queue.put_sync(1, True, None)


def test_a_permit_too_many_is_found_out(core, threadsafe):
    queue = made.MadeOfSemaphores(core, threadsafe, 2)
    queue.put_sync(1, True, None)
    queue.room.release()
    queue.put_sync(2, True, None)
    with pytest.raises(Failure, match="2 items where 2 fit"):
        queue.put_sync(3, True, None)
    queue = made.MadeOfSemaphores(core, threadsafe, 2)
    queue.items.release()
    with pytest.raises(Failure, match="nothing is"):
        queue.get_sync(True, None)


def test_a_permit_or_a_lock_that_was_kept_is_found_out(core, threadsafe):
    queue = made.MadeOfSemaphores(core, threadsafe, 2)
    queue.room.acquire_sync()
    queue.close()
    with pytest.raises(Failure, match="permits"):
        queue.check()
    queue.lock.acquire_sync()
    with pytest.raises(Failure, match="locked"):
        queue.check()


@pytest.mark.parametrize("keep", [True, False])
def test_memory_that_is_kept_is_found_out(core, threadsafe, keep):
    kept = []
    gc.collect()  # so that what earlier tests left does not go meanwhile

    def make_queue(*args):
        kept.append(mmap.mmap(-1, 10_000_000))  # bytes might come from what the process has, and has freed
        kept[-1].write(b"x" * len(kept[-1]))
        if not keep:
            kept.clear()
        return rounds.make_queue(*args)

    work = run.Soak(core, threadsafe, 1e9, lines=[line("tasks to tasks")], make_queue=make_queue)

    def small():
        work.totals["tasks to tasks", "objects"].count = 100
        if len(work.memory) == 10:
            work.items = 0

    work.run(small)
    if keep:
        with pytest.raises(Failure, match="memory grew by"):
            work.check_growth(10)
    else:
        work.check_growth(10)


def test_of_a_short_run_nobody_says_how_much_it_grew(core, threadsafe):
    work = run.Soak(core, threadsafe, 1)
    work.memory = [1, 1, 1, 1, 100]
    assert work.growth() is None
    work.check_growth(10)
    work.memory = [1, 1, 1, 2, 2, 100]
    assert work.growth() == 98


def test_a_queue_that_stops_is_found_out(core, threadsafe, monkeypatch, capfd):
    monkeypatch.setattr(rounds, "STUCK", 0.2)
    go_on = threading.Event()

    def stop(queue, v):
        go_on.wait(20)
        queue.put_sync(v, True)

    def make_queue(*args):
        return Faulty(rounds.make_queue(*args), stop)

    work = run.Soak(core, threadsafe, 1e6, seconds=20, seed=1, lines=[THREADS], make_queue=make_queue)
    try:
        with pytest.raises(Failure, match="stuck"):
            work.run()
    finally:
        go_on.set()
    assert "in stop" in capfd.readouterr().err  # where each thread stands


# The command


def start(*options, how=(str(FOLDER),)):
    environment = {name: value for name, value in os.environ.items() if name != "TWINCORE_PURE"}
    return subprocess.Popen(
        [sys.executable, *how, *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        cwd=FOLDER.parent.parent,
    )


def finish(process):
    out, err = process.communicate(timeout=90)
    return process.returncode, out, err


@pytest.mark.parametrize("option, said", [("", "compiled"), ("--plain", "plain")])
@pytest.mark.parametrize("how", [(str(FOLDER),), ("-m", "tests.soak")], ids=["folder", "module"])
def test_as_a_command(variant_is_compiled, option, said, how):
    code, out, err = finish(start("--seconds", "0.3", "--seed", "3", *option.split(), how=how))
    assert code == 0, out + err
    assert out.startswith(f"{said}, seed 3") and "none lost, none twice, all in order" in out


def refused(*options):
    """What the command says; it has to leave it at that."""
    from click.testing import CliRunner

    result = CliRunner().invoke(command(), options)
    assert result.exit_code == 2 and "Usage:" in result.output
    return result.output


@pytest.mark.parametrize("option", ["--seconds", "--items", "--growth"])
@pytest.mark.parametrize("value", ["0", "-1", "nan", "many"])
def test_a_number_that_makes_no_sense_is_refused(option, value):
    assert option in refused(option, value)


def test_a_form_that_does_not_exist_is_refused_with_those_that_do():
    said = refused("--forms", "nobody")
    for form in FORMS:
        assert form.name in said


def test_only_the_forms_that_were_asked_for_are_in_the_table():
    code, out, err = finish(start("--forms", "loop to loop, array", "--items", "10", "--plain"))
    assert code == 0, out + err
    assert "loop to loop" in out and "array" in out and "objects" not in out


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is no signal to one process there")
def test_ctrl_c_shows_the_table_so_far():
    process = start("--plain", "--forms", "tasks to tasks")
    first = process.stdout.readline()
    process.send_signal(signal.SIGINT)
    code, out, err = finish(process)
    assert first.startswith("plain") and code == 130, out + err
    assert "tasks to tasks" in out and "FAILED: interrupted" in out and "Traceback" not in err
