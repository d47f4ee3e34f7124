"""Wait until a guest has done what its seed says, and judge what it found itself to be."""

import json
from collections.abc import Sequence

from vipprov.guest import versions
from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import DeadlineError, GuestError
from vipprov.guest.facts import Daemon, Facts
from vipprov.hv.machine import Machines, Power
from vipprov.pipelines import roles

# One process in the guest that waits for cloud-init's last word, instead of many that ask for it.
# cloud-init writes the file whole, by rename, when its last stage is over.
WAIT = 'until [ -s "$1" ]; do sleep 0.05; done; cat "$1"'
RESULT = "/run/cloud-init/result.json"
ASK_SECONDS = 5.0
DAEMON_SECONDS = 20.0
JOURNAL = ("journalctl", "--no-pager", "-q", "-n", "15", "-o", "cat", "-u", "keepalived.service")


def wait(machines: Machines, name: str, *, by: Deadline) -> None:
    """Return once cloud-init is through without an error; GuestError or DeadlineError if not."""
    unheard: list[GuestError] = []

    def ask() -> str | None:
        try:
            done = machines.run(name, ("sh", "-c", WAIT, "sh", RESULT), by=by.within(ASK_SECONDS))
        except DeadlineError:
            return None
        except GuestError as error:
            _demand_running(machines, name)
            unheard[:] = [error]
            return None
        unheard.clear()
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


def _demand_running(machines: Machines, name: str) -> None:
    machine = machines.show(name)
    if machine is None or machine.power is not Power.ON:
        raise GuestError(
            f"{name} stopped before it was ready.",
            hint="Read the saved logs: init.log, or a VM's console.log, says what it died of.",
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
        versions.refuse_old(versions.found(seen))
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
