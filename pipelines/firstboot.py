"""Wait until a guest has done what its seed says."""

import json
from collections.abc import Callable

from vipprov.guest.deadline import Clock, Deadline
from vipprov.guest.errors import DeadlineError, GuestError, HypervisorError
from vipprov.hv import plaintext
from vipprov.hv.machine import Power
from vipprov.hv.machines import Machines
from vipprov.pipelines import console

# Whether cloud-init will ever come to its end here.
WILL_END = """\
command -v cloud-init >/dev/null || exit 3
[ ! -e /run/cloud-init/disabled ] || exit 4
"""
NEVER = {3: "There is no cloud-init in {}.", 4: "cloud-init is switched off in {}."}
# cloud-init writes the file whole, by rename, when its last stage is over.
RESULT = "/run/cloud-init/result.json"
LOOK_EVERY = 0.1
# A look that is dear is taken less often: it costs an emulated guest, or a vCenter, a part of the
# time in which it could get on.
REST, MOST_SECONDS = 20, 1.0
LINES = 10
PANIC = "Kernel panic - not syncing"
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
    _demand_clean(name, text)


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
        self._doubted: float | None = None
        self._looks_again = clock.now()

    def result(self, by: Deadline) -> str | None:
        """Return cloud-init's last word; None where it has not said it, or nothing is heard."""
        self._tell()
        if self._clock.now() < self._looks_again:
            return None
        soon = by.within(ASK_SECONDS)
        try:
            code = self._doubt(soon)
            begun = self._clock.now()
            text = self._machines.read(self._name, RESULT, by=soon)
            now = self._clock.now()
            self._looks_again = now + min(MOST_SECONDS, REST * (now - begun))
        except DeadlineError:
            return None
        except GuestError as error:
            _demand_alive(self._machines, self._name, since=self._since)
            self.unheard = error
            return None
        self.unheard = None
        _demand_told(self._name, code)
        return text.decode(errors="replace") if text else None

    def _doubt(self, by: Deadline) -> int:
        """Return how the guest answers whether its cloud-init will end; 0 between two doubts."""
        now = self._clock.now()
        if self._doubted is not None and now < self._doubted + DOUBT_SECONDS:
            return 0
        code = self._machines.run(self._name, ("sh", "-c", WILL_END), by=by).code
        self._doubted = now
        return code

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


def _demand_told(name: str, code: int) -> None:
    if code in NEVER:
        raise GuestError(
            NEVER[code].format(name),
            details="So the guest has not been told what it is to be.",
            hint="Use an image whose cloud-init runs at boot, and with the NoCloud data source.",
        )


def _demand_alive(machines: Machines, name: str, *, since: int) -> None:
    machine = machines.show(name)
    if machine is not None and machine.halted:
        raise HypervisorError(
            f"The hypervisor has paused {name}: {machine.halted}.",
            hint="Free some space on this host, and run `vipprov vm create` again.",
        )
    if machine is None or machine.power is not Power.ON:
        raise GuestError(
            f"{name} stopped before it was ready.",
            hint="Read the saved logs: init.log, or a VM's console.log, says what it died of.",
        )
    said = console.heard(machines, name, after=since).text.decode(errors="replace")
    if PANIC in said:
        raise GuestError(
            f"The kernel of {name} has panicked.",
            details=plaintext.last_lines(said, LINES),
            hint="The image does not boot here: read its console.log among the saved logs.",
        )


def _demand_clean(name: str, text: str) -> None:
    try:
        errors = json.loads(text)["v1"]["errors"]
    except (ValueError, KeyError, TypeError) as error:
        raise GuestError(f"cloud-init in {name} left a result that is not readable.") from error
    if errors:
        raise GuestError(
            f"cloud-init in {name} ended with errors.",
            details="\n".join(str(line) for line in errors),
            hint="Read cloud-init.log and cloud-init-output.log in the saved logs.",
        )
