"""Initiator: the end of an I2C link that is the bus's slave, and decides when bytes are exchanged. See i2c_link.py."""

from ..core.context import create_task, current_task, get_event_loop
from ..core.deadline import wait_for_ms
from ..core.errors import TimeoutError
from ..core.sleep import sleep_ms
from ..core.times import UNITS_PER_MS
from ..primitives.calling import call
from ..primitives.launching import starts
from .home import check_home
from .i2c_link import Channel
from .i2c_link_slave import slave_port

GAP_MS = 2  # between exchanges: upstream's Responder has to listen again
SETTLE_MS = 200  # upstream's looks each 100 ms whether both wires are down


class Initiator(Channel):
    """Args: i2c, a `pyb.I2C` as a slave, or a `machine.I2CTarget` without memory (MicroPython 1.26), at the Responder's
    `addr`; pin and pinack, machine.Pin, which lead to the Responder's; reset, None or (pin, level, ms): the pin at that
    level for so long resets the other board; verbose, print what happens; cr_go, a function or coroutine function
    called with go_args whenever the link comes up, cr_fail, likewise with f_args, and awaited, when it broke; False:
    none. TypeError for what is none of these, ValueError for bad settings.

    With `reset` the other board is reset at the start, and each time the link breaks or is not up `boot_ms` after that.
    An exchange begins when there is something to send, or after `t_poll` ms, less than `timeout`; at once if the last
    one moved anything. What cr_go and cr_fail raise is reported, and the link goes on. See Channel for the rest.
    """

    t_poll = 100
    boot_ms = 10_000

    def __init__(
        self, i2c, pin, pinack, reset=None, verbose=True, cr_go=False, go_args=(), cr_fail=False, f_args=(),
    ):  # fmt: skip
        if not 0 < self.t_poll < self.timeout:
            raise ValueError("t_poll is above 0 ms and less than timeout, not " + str(self.t_poll))
        if reset is not None and len(reset) != 3:
            raise ValueError("reset is (pin, level that resets, ms), not " + repr(reset))
        self._port = slave_port(i2c)
        if reset is not None:
            reset[0].init(reset[0].OUT, value=1 - reset[1])
        self._reset = reset
        self._go = (cr_go, go_args)
        self._fail = (cr_fail, f_args)
        Channel.__init__(self, i2c, pin, pinack, verbose)

    async def reboot(self):
        """Take the link down, reset the other board if there is a pin for it, and wait until the link is up again.

        In cr_fail, which is called before that is done anyway, it returns at once. OSError if it is closed.
        """
        if self._task is not None and self._task is not current_task():
            check_home(self._loop, "this link")
            self._task.cancel()
            self._drop()
            self._task = create_task(self._run())
        elif self._task is not None:
            return
        await self.ready()

    def close(self):
        open_still = self._task is not None
        Channel.close(self)
        if open_still:
            self._port.close()

    async def _begin(self):
        self._wires.put(1)
        if self._reset is not None:
            self._tell("resets the other board")
            pin, level, ms = self._reset
            try:
                pin(level)
                await sleep_ms(ms)
            finally:
                pin(1 - level)
        await self._break()
        await wait_for_ms(self._wires.follow(), None if self._reset is None else self.boot_ms)
        await sleep_ms(SETTLE_MS)

    def _came_up(self):
        Channel._came_up(self)
        func, args = self._go
        if func:
            call(func, args)

    async def _after_break(self):
        func, args = self._fail
        if not func:
            return
        try:
            result = func(*args)
            if starts(result):
                await result
        except Exception as exc:
            loop = get_event_loop()
            loop.call_exception_handler({"message": "cr_fail failed", "exception": exc, "future": loop.current})

    async def _exchange_when_due(self):
        await self._limited(self._exchange())
        await sleep_ms(GAP_MS)
        if not self._moved:
            await self._idle()

    async def _idle(self):
        """Until there is something to send, or for `t_poll`."""
        flag = self._wires.flag
        until = self._clock.now() + self.t_poll * UNITS_PER_MS
        while not (self._may_send and self.outgoing.any()):
            left = (until - self._clock.now()) // UNITS_PER_MS
            if left <= 0:
                break
            try:
                await wait_for_ms(flag.wait(), left)
            except TimeoutError:
                break

    async def _exchange(self):
        self._prepare()
        await self._give(self._header)
        if self._payload:
            await self._give(self._payload)
            self._sent()
        await self._get(self._got)
        count = self._announced()
        if count:
            await self._get(self._view[:count])
            self._receive(count)

    async def _give(self, buf):
        port = self._port
        port.offer(buf)
        self._wires.put(1)
        if port.send is not None:
            await self._patient(port.send, buf)
        await self._wires.rise()
        port.check()
        await self._wires.follow()

    async def _get(self, buf):
        port = self._port
        await self._wires.rise()
        port.expect(buf)
        self._wires.put(1)
        if port.receive is not None:
            await self._patient(port.receive, buf)
        await self._wires.low()
        port.check()
        self._wires.put(0)
