"""Power, cables and the end of a machine: what a reconfiguration or one task does."""

from typing import Any

from pyVmomi import vim

from vipprov.guest.errors import GuestError, HypervisorError, MissingError
from vipprov.hv.machine import Link, Power
from vipprov.hv.vsphere import collect, machineread, tasks
from vipprov.hv.vsphere.session import Session

_Change = vim.vm.device.VirtualDeviceSpec


def now(session: Session, machine: Any) -> Power:  # noqa: ANN401  the SDK's own type
    """Return the power state."""
    (found,) = collect.these(session, vim.VirtualMachine, [machine], ["runtime.powerState"])
    return machineread.power(found)


def bring(session: Session, machine: Any, name: str, wanted: Power) -> None:  # noqa: ANN401
    """Bring the machine into this state; OFF is hard."""
    before = now(session, machine)
    if before is wanted:
        return
    if (before, wanted) == (Power.OFF, Power.PAUSED):
        raise HypervisorError(f"{name} is off and cannot be paused.")
    verbs = {
        Power.ON: machine.PowerOnVM_Task,
        Power.OFF: machine.PowerOffVM_Task,
        Power.PAUSED: machine.SuspendVM_Task,
    }
    try:
        tasks.run(session, f"turn {name} {wanted.value}", verbs[wanted])
    except HypervisorError:
        # The guest may have powered itself off since we looked: what counts is how it is now.
        if now(session, machine) is not wanted:
            raise


def reset(session: Session, machine: Any, name: str) -> None:  # noqa: ANN401
    """Press the reset button."""
    _demand_on(session, machine, name)
    tasks.run(session, f"reset {name}", machine.ResetVM_Task)


def plug(session: Session, machine: Any, name: str, cable: tuple[str, Link]) -> None:  # noqa: ANN401
    """Plug or pull the cable of a NIC, without a word about the next start."""
    mac, link = cable
    _demand_on(session, machine, name)
    paths = ["config.hardware.device"]
    (found,) = collect.these(session, vim.VirtualMachine, [machine], paths)
    cards = machineread.cards(found["config.hardware.device"])
    card = next((one for one in cards if one.macAddress.lower() == mac), None)
    if card is None:
        raise MissingError(f"{name} has no NIC {mac}.")
    card.connectable.connected = link is Link.UP
    change = _Change(operation=_Change.Operation.edit, device=card)
    doing = f"bring the link of {name} {link.value}"
    reconfigure(session, machine, doing, vim.vm.ConfigSpec(deviceChange=[change]))


def reconfigure(session: Session, machine: Any, doing: str, spec: Any) -> None:  # noqa: ANN401
    """Change the configuration of a machine."""
    tasks.run(session, doing, lambda: machine.ReconfigVM_Task(spec))


def destroy(session: Session, machine: Any, name: str) -> None:  # noqa: ANN401
    """Remove a machine that is off, with its files."""
    tasks.run(session, f"remove {name}", machine.Destroy_Task)


def _demand_on(session: Session, machine: Any, name: str) -> None:  # noqa: ANN401
    if now(session, machine) is Power.OFF:
        raise GuestError(f"{name} is not running.", hint="`vipprov vm create` starts it.")
