"""Wait until a guest has done what its seed says, and judge what it found itself to be."""

import json
from collections.abc import Callable, Sequence

from vipprov.guest import versions
from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import DeadlineError, GuestError, HypervisorError
from vipprov.guest.facts import Daemon, Facts
from vipprov.hv import plaintext
from vipprov.hv.machine import Power
from vipprov.hv.machines import Machines
from vipprov.pipelines import console, roles

# One process in the guest that waits for cloud-init's last word, instead of many that ask for it.
# cloud-init writes the file whole, by rename, when its last stage is over.
WAIT = """\
until [ -s "$1" ]; do
    command -v cloud-init >/dev/null || exit 3
    [ ! -e /run/cloud-init/disabled ] || exit 4
    sleep 0.05
done
cat "$1"
"""
NEVER = {3: "There is no cloud-init in {}.", 4: "cloud-init is switched off in {}."}
RESULT = "/run/cloud-init/result.json"
LINES = 10
PANIC = "Kernel panic - not syncing"
ASK_SECONDS = 5.0
# An emulated guest boots for a minute or two: who waits hears of it this often.
SAY_SECONDS = 20.0
DAEMON_SECONDS = 20.0
JOURNAL = ("journalctl", "--no-pager", "-q", "-n", "15", "-o", "cat", "-u", "keepalived.service")


def wait(
    machines: Machines, name: str, *, by: Deadline, say: Callable[[str], None], since: int = 0
) -> None:
    """Return once cloud-init is through without an error; GuestError or DeadlineError if not.

    `since` is how many bytes were on the console when the machine was started.
    """
    unheard: list[GuestError] = []
    begun = by.clock.now()
    said = 0.0

    def ask() -> str | None:
        nonlocal said
        waited = by.clock.now() - begun
        if waited >= said + SAY_SECONDS:
            said = waited
            say(f"{name} still boots, {waited:.0f} s by now")
        try:
            done = machines.run(name, ("sh", "-c", WAIT, "sh", RESULT), by=by.within(ASK_SECONDS))
        except DeadlineError:
            return None
        except GuestError as error:
            _demand_alive(machines, name, since=since)
            unheard[:] = [error]
            return None
        unheard.clear()
        _demand_told(name, done.code)
        return done.text if done.code == 0 else None

    try:
        text = by.poll(ask, what=f"{name} to finish its first boot", every=0.05)
    except DeadlineError as error:
        raise DeadlineError(
            f"{name} did not finish its first boot in time.",
            details=_why(unheard),
            hint="Read the saved logs; a slow host may need `timeout: 10m` in the pair file.",
        ) from error
    _demand_clean(name, text)


def _why(unheard: Sequence[GuestError]) -> str:
    """Return what is known of a guest that is not ready: why it was not heard of, if so."""
    lines = [text for error in unheard for text in (str(error), error.details) if text]
    return "\n".join(lines) or "cloud-init has not written its result."


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


def demand_able(machines: Machines, name: str, *, by: Deadline) -> None:
    """Return once keepalived runs in a guest that is new enough; GuestError if it is not."""

    def running() -> Facts | None:
        seen = roles.facts(machines, name, by=by)
        versions.refuse_old(versions.found(seen), guest=name)
        if seen.daemon is Daemon.ABSENT:
            _demand_not_failed(machines, name, by=by)
            return None
        return seen

    soon = by.within(DAEMON_SECONDS)
    soon.poll(running, what=f"keepalived to run in {name}", every=0.1)


def _demand_not_failed(machines: Machines, name: str, *, by: Deadline) -> None:
    done = machines.run(name, ("systemctl", "is-failed", "keepalived.service"), by=by)
    if done.code == 0:
        words = machines.run(name, JOURNAL, by=by)
        raise GuestError(
            f"keepalived died in {name}.",
            details=words.text.strip(),
            hint="Its own words say why; it reads `keepalived_extra` as it stands.",
        )
