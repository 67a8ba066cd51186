"""One schedule of a few threads, each in a real thread that runs only when it is its turn. See `explorer`."""

from _thread import allocate_lock, start_new_thread
from sys import _getframe, set_asyncgen_hooks

from controlled import TIME, WHOLE, Abandoned, State

STEPS = 10000  # of one run, at most
SPIN = 500  # steps of one thread, while others could go on, after which it has to let them
MASK = (1 << 61) - 1
HUNG = 30  # seconds without a sign of a run: something blocked outside the explorer's control


class Variable:
    """What steps touch: one attribute of one object, one deque, one lock."""

    __slots__ = ("obj", "reads", "shared", "sites", "thread", "write", "written")

    def __init__(self, obj, thread):
        self.obj = obj  # kept alive, or another might get its id
        self.thread = thread
        self.shared = self.written = False
        self.sites = set()
        self.write = self.reads = 0


class Thread:
    """One thread of a scenario."""

    def __init__(self, number, name, fn):
        self.number = number
        self.name = name
        self.fn = fn
        self.locals = {}
        self.hash = 0  # of its last step and all that came before that
        self.waits_for = None  # the lock
        self.deadline = None
        self.started = self.finished = False
        self.after = None  # the one before it of those that are alike
        self.gate = None

    def enabled(self, clock):
        lock = self.waits_for
        if lock is not None:
            return not lock._locked or (self.deadline is not None and self.deadline <= clock)
        return not self.finished and (self.started or self.after is None or self.after.started)


_workers = []


class Worker:
    """A real thread, which runs one thread of each run."""

    def __init__(self):
        self.gate = allocate_lock()
        self.gate.acquire()
        self.job = None
        start_new_thread(self.work, ())

    def work(self):
        while True:
            self.gate.acquire()
            (run, thread), self.job = self.job, None  # now: the next run may give it one before it is back here
            gate = run.body(thread)
            run = thread = None  # before anybody goes on: what is left of the run is to be collected then
            gate.release()


class Run:
    """One schedule: follows `prefix`, the choices to be made first, then goes on with whoever runs."""

    def __init__(self, search, threads, prefix, explain):
        self.search = search
        self.prefix = prefix
        self.choices = []
        self.used = 0  # preemptions
        self.clock = 0  # microseconds
        self.steps = 0
        self.in_a_row = 0
        self.spun = False
        self.variables = {}
        self.abandoned = self.cut = False
        self.failure = None
        self.current = None
        self.within = None  # the site of the step that is made of all the accesses to come: no thread gives way in it
        self.story = [] if explain else None
        self.threads = [Thread(n, name, fn) for n, (name, fn) in enumerate(threads)]
        last = {}
        for thread in self.threads:
            thread.after = last.get(thread.name)
            last[thread.name] = thread
        self.done = allocate_lock()
        self.done.acquire()

    def go(self):
        workers = _workers
        while len(workers) < len(self.threads):
            workers.append(Worker())
        for thread, worker in zip(self.threads, workers, strict=False):
            worker.job = (self, thread)
            thread.gate = worker.gate
        State.active = self
        try:
            self.current = self.choose(None)
            self.current.gate.release()
            if not self.done.acquire(True, HUNG):
                workers.clear()
                raise AssertionError(f"thread {self.current.name} blocked outside the explorer's control")
        finally:
            State.active = None

    # In the threads.

    def body(self, thread):
        """Run `thread`; returns the lock that lets who is next go on."""
        try:
            if not self.abandoned:
                thread.started = True
                thread.hash = hash((thread.number, thread.hash))  # another state than that in which it was chosen
                thread.fn()
        except Abandoned:
            pass
        except BaseException as error:
            self.fail(f"{thread.name} raised {error!r}")
        set_asyncgen_hooks(None, None)  # not those of a loop that was abandoned, and so of all before it
        thread.finished = True
        thread.hash = hash((thread.number, thread.hash))  # a state of its own, though nothing was touched
        try:
            following = None if self.abandoned else self.choose(None)
        except Abandoned:
            following = None
        if following is None:
            following = next((t for t in self.threads if not t.finished), None)
        if following is None:
            return self.done
        self.current = following
        self.in_a_row = 0
        return following.gate

    def fail(self, text):
        if self.failure is None and not self.abandoned:
            self.failure = text
        self.abandoned = True

    def switch(self, thread):
        """Let `thread` run; return when it is the caller's turn again."""
        me = self.current
        if thread is not me:
            self.in_a_row = 0
            self.current = thread
            thread.gate.release()
            me.gate.acquire()
        if self.abandoned:
            raise Abandoned

    def access(self, obj, name, site, write, part=None):
        """The current thread is about to touch `name` of `obj`; a write changes it. `part`: a name for the variable."""
        if self.abandoned:
            raise Abandoned
        if self.within is not None:
            site = self.within
        key = (id(obj), name if part is None else part)
        thread = self.current
        variable = self.variables.get(key)
        if variable is None:
            variable = self.variables[key] = Variable(obj, thread)
        shared = self.search.shared
        self.in_a_row += 1
        if site in shared or self.in_a_row > SPIN:
            if self.within is None:
                self.switch(self.choose(thread))
            if write:
                thread.hash = hash((thread.number, thread.hash, variable.write, variable.reads))
                variable.write = thread.hash
                variable.reads = 0
            else:
                thread.hash = hash((thread.number, thread.hash, variable.write, -1))
                variable.reads = (variable.reads + thread.hash) & MASK
            if self.story is not None:
                self.story.append((thread.name, _place(), name + (" =" if write and part is None else "")))
        if variable.thread is not thread:
            variable.shared = True
        if write:
            variable.written = True
        variable.sites.add(site)
        if variable.shared and variable.written and not variable.sites <= shared:
            self.search.learned |= variable.sites
        self.steps += 1
        if self.steps > STEPS:
            self.fail(f"no end after {STEPS} steps")
            raise Abandoned

    def block(self, lock, deadline):
        """The current thread waits for `lock`, until `deadline`."""
        thread = self.current
        thread.waits_for = lock
        thread.deadline = deadline
        thread.hash = hash((thread.number, thread.hash))
        self.switch(self.choose(None))
        thread.waits_for = None
        thread.hash = hash((thread.number, thread.hash))

    def choose(self, running):
        """Who makes the next step. `running`: who does without a preemption; None if that one waits or has ended."""
        others = [t for t in self.threads if t is not running and t.enabled(self.clock)]
        if running is None:
            if not others:
                others = self.jump()
                if not others:
                    return None
        elif not others:
            return running
        free = running is None
        if free:
            options = others
        elif self.in_a_row > SPIN:  # as a system would do; or what waits without sleeping would go on for ever
            self.spun = free = True
            options = others
        elif self.used >= self.search.bound:
            options = [running]
        else:
            options = [running, *others]
        at = len(self.choices)
        if at < len(self.prefix) and len(options) > 1:
            chosen = self.threads[self.prefix[at]]
            assert chosen in options, "the scenario does not do the same each time"
        elif at < len(self.prefix):
            chosen = options[0]
        else:
            fresh = [t for t in options if self.is_new(t, self.used + (not free and t is not running))]
            if not fresh:
                self.abandoned = self.cut = True
                raise Abandoned
            chosen = fresh[0]
            self.search.todo += [(*self.choices, other.number) for other in fresh[:0:-1]]
        if len(options) > 1:
            self.choices.append(chosen.number)
        if not free and chosen is not running:
            self.used += 1
            if self.story is not None:
                self.story.append((running.name, None, f"preempted by {chosen.name}"))
        return chosen

    def jump(self):
        """All wait, or have ended: time passes. Returns who may go on then."""
        waiting = [t for t in self.threads if not t.finished]
        deadlines = [t.deadline for t in waiting if t.deadline is not None]
        if not waiting:
            return []
        if not deadlines:
            self.fail("for ever waits " + " and ".join(t.name for t in waiting))
            raise Abandoned
        self.clock = min(deadlines)
        variable = self.variables.get((id(TIME), WHOLE))
        if variable is not None:
            variable.write = hash((self.clock, variable.write, variable.reads))
        return [t for t in waiting if t.enabled(self.clock)]

    def is_new(self, thread, used):
        """Whether `thread` has not yet gone on from here with no more than `used` preemptions up to then."""
        seen = self.search.seen
        if seen is None:
            return True
        state = (*[t.hash for t in self.threads], thread.number)
        if seen.get(state, used + 1) <= used:
            return False
        seen[state] = used
        return True


def _place():
    """File, line and function of the library, or of the scenario, that makes this step."""
    frame = _getframe(2)
    while frame.f_code.co_filename.endswith("controlled.py"):
        frame = frame.f_back
    code = frame.f_code
    if code.co_filename.endswith("schedule.py"):
        return "scenario"
    return f"{code.co_filename.rpartition('/')[2]}:{frame.f_lineno} {code.co_name}"
