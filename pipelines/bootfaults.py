"""What a first boot can come to other than its end: each is told in words of its own."""

import json

from vipprov.guest.errors import GuestError, HypervisorError
from vipprov.hv import plaintext
from vipprov.hv.machine import Power
from vipprov.hv.machines import Machines
from vipprov.pipelines import console

# Whether cloud-init will ever come to its end here.
WILL_END = (
    *("sh", "-c"),
    "command -v cloud-init >/dev/null || exit 3; [ ! -e /run/cloud-init/disabled ] || exit 4",
)
NEVER = {3: "There is no cloud-init in {}.", 4: "cloud-init is switched off in {}."}
LINES = 10
PANIC = "Kernel panic - not syncing"


def demand_told(name: str, code: int) -> None:
    """Raise GuestError where the code of WILL_END says that cloud-init will not end."""
    if code in NEVER:
        raise GuestError(
            NEVER[code].format(name),
            details="So the guest has not been told what it is to be.",
            hint="Use an image whose cloud-init runs at boot, and with the NoCloud data source.",
        )


def demand_alive(machines: Machines, name: str, *, since: int) -> None:
    """Raise GuestError for a guest that has stopped or panicked, HypervisorError for a paused one.

    `since` is how many bytes were on the console when the machine was started.
    """
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


def demand_clean(name: str, text: str) -> None:
    """Raise GuestError where cloud-init's result tells of errors."""
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
