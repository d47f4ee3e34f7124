"""Wait until a guest has done what its seed says."""

from collections.abc import Callable
from contextlib import suppress

from vipprov.guest.deadline import Clock, Deadline
from vipprov.guest.errors import DeadlineError, GuestError
from vipprov.hv.machines import Machines
from vipprov.pipelines import bootfaults
from vipprov.pipelines.bootconsole import BootConsole

# cloud-init's generator leaves this in a boot in which it will run.
ENABLED = "/run/cloud-init/enabled"
# cloud-init writes the file whole, by rename, when its last stage is over.
RESULT = "/run/cloud-init/result.json"
LOOK_EVERY = 0.1
ASK_SECONDS = 5.0
# Starting a program costs an emulated guest a part of its boot: this often it is asked for one.
DOUBT_SECONDS = 10.0
# An emulated guest boots for a minute or two: who waits hears of it this often.
SAY_SECONDS = 20.0


def wait(
    machines: Machines, name: str, *, by: Deadline, say: Callable[[str], None], since: int = 0
) -> None:
    """Return once cloud-init is through without an error; GuestError or DeadlineError if not.

    `since` is how many bytes were on the console when the machine was started.
    """
    boot = _Boot(machines, name, since=since, clock=by.clock, say=say)
    try:
        text = by.poll(
            lambda: boot.result(by), what=f"{name} to finish its first boot", every=LOOK_EVERY
        )
    except DeadlineError as error:
        raise DeadlineError(
            f"{name} did not finish its first boot in time.",
            details=_why(boot.unheard),
            hint="Read the saved logs; a slow host may need `timeout: 10m` in the pair file.",
        ) from error
    bootfaults.demand_clean(name, text)


class _Boot:
    """A guest's first boot, as it is watched from outside."""

    def __init__(
        self, machines: Machines, name: str, *, since: int, clock: Clock, say: Callable[[str], None]
    ) -> None:
        self.unheard: GuestError | None = None
        self._machines = machines
        self._name = name
        self._since = since
        self._clock = clock
        self._say = say
        self._begun = self._said = clock.now()
        self._console = BootConsole(machines, name, since=since, clock=clock)
        self._doubted: float | None = None
        self._will_end = False
        self._looked, self._cost = clock.now(), 0.0

    def result(self, by: Deadline) -> str | None:
        """Return cloud-init's last word; None where it has not said it, or nothing is heard."""
        self._tell()
        if self._rests():
            return None
        soon, begun = by.within(ASK_SECONDS), self._clock.now()
        try:
            code = self._doubt(soon)
            begun = self._clock.now()
            text = self._machines.read(self._name, RESULT, by=soon)
        except DeadlineError:
            return None
        except GuestError as error:
            self.unheard = error
            with suppress(DeadlineError):  # the hypervisor is slow; the guest may be on time
                bootfaults.demand_alive(self._machines, self._name, since=self._since)
            return None
        finally:
            self._looked = self._clock.now()
            self._cost = self._looked - begun
        self.unheard = None
        bootfaults.demand_told(self._name, code)
        return text.decode(errors="replace") if text else None

    def _doubt(self, by: Deadline) -> int:
        """Return how the guest answers whether its cloud-init will end; 0 where there is no doubt.

        An agent reads a file for as good as nothing; where it is not there a program is started.
        """
        now = self._clock.now()
        if self._will_end or (self._doubted is not None and now < self._doubted + DOUBT_SECONDS):
            return 0
        if self._machines.read(self._name, ENABLED, by=by) is not None:
            self._will_end = True
            return 0
        self._doubted = now
        return self._machines.run(self._name, bootfaults.WILL_END, by=by).code

    def _rests(self) -> bool:
        """Say whether it is too soon to look again."""
        self._console.listen()
        return self._clock.now() < self._looked + self._console.rest(self._cost)

    def _tell(self) -> None:
        now = self._clock.now()
        if now >= self._said + SAY_SECONDS:
            self._said = now
            self._say(f"{self._name} still boots, {now - self._begun:.0f} s by now")


def _why(unheard: GuestError | None) -> str:
    """Return what is known of a guest that is not ready: why it was not heard of, if so."""
    if unheard is None:
        return "cloud-init has not written its result."
    return "\n".join(filter(None, (str(unheard), unheard.details)))
