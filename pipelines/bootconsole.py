"""What a guest's console tells of its boot, at no cost to the guest: how soon to look into it."""

import re

from vipprov.guest.deadline import Clock
from vipprov.guest.errors import DeadlineError, GuestError
from vipprov.hv.machines import Machines

# A look that is dear is taken less often: it costs an emulated guest, or a vCenter, a part of the
# time in which it could get on. One that is silent on its console is not about to end, and where
# cloud-init speaks there it says when it does. Each is times what a look cost, and the seconds
# between which that is held.
REST = (40, 0.5, 1.0)
REST_WHILE_SILENT = (100, 1.0, 2.0)
REST_WHILE_ANNOUNCED = (500, 2.0, 5.0)
REST_AT_THE_END = (2, 0.0, 1.0)
REST_UNHEARD = (40, 0.0, 1.0)
SILENT_SECONDS = 1.5
LISTEN_EVERY = 0.1
# How each of cloud-init's stages begins what it says, and its message at the end of the last one.
SPEAKS = b"Cloud-init v. "
ENDS = re.compile(rb"Cloud-init v\. \S+ finished at ")
LONGEST = 80


class BootConsole:
    """The console of a guest that boots; of some guests nobody keeps what they say there.

    `since` is how many bytes were on it when the machine was started.
    """

    def __init__(self, machines: Machines, name: str, *, since: int, clock: Clock) -> None:
        self._machines = machines
        self._name = name
        self._clock = clock
        self._end = since
        self._is_kept = True
        self._listened = -LISTEN_EVERY
        self._spoke: float | None = None
        self._last = b""
        self._is_announced = False
        self._is_over = False

    def rest(self, cost: float) -> float:
        """Return how many seconds to rest after a look that has cost so many."""
        times, least, most = self._rest
        return min(most, max(least, times * cost))

    @property
    def _rest(self) -> tuple[float, float, float]:
        if not self._is_kept:
            return REST_UNHEARD
        if self._is_over:
            return REST_AT_THE_END
        if self._is_announced:
            return REST_WHILE_ANNOUNCED
        is_silent = self._spoke is not None and self._clock.now() > self._spoke + SILENT_SECONDS
        return REST_WHILE_SILENT if is_silent else REST

    def listen(self) -> None:
        """Notice what it has said since this was last asked."""
        now = self._clock.now()
        if not self._is_kept or now < self._listened + LISTEN_EVERY:
            return
        self._listened = now
        try:
            said = self._machines.console(self._name, after=self._end)
        except DeadlineError:
            return  # the hypervisor is slow; the guest may be on time
        except GuestError:
            self._is_kept = False
            return
        if said.text:
            self._hear(said.text)
            self._end, self._spoke = said.end, now

    def _hear(self, text: bytes) -> None:
        text = self._last + text
        self._is_announced = self._is_announced or SPEAKS in text
        self._is_over = self._is_over or ENDS.search(text) is not None
        self._last = text[-LONGEST:]
