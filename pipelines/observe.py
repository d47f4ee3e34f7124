"""Look at a pair as it is."""

from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import SpecError
from vipprov.guest.render import OWNED
from vipprov.hv.machine import Machine, Power
from vipprov.hv.registry import Hypervisor
from vipprov.pipelines import guestfiles
from vipprov.pipelines.plan import Desired, DesiredGuest, Observed, ObservedGuest
from vipprov.pipelines.sidebyside import each


def observe(desired: Desired, hypervisor: Hypervisor, *, by: Deadline) -> Observed:
    """Return the pair as it is, or refuse when a name belongs to a machine that is not ours."""
    machines = {machine.name: machine for machine in hypervisor.machines.list()}
    names = {guest.spec.name for guest in desired.guests}
    _refuse_foreign(desired, machines)

    def one(guest: DesiredGuest) -> ObservedGuest:
        return _guest(machines.get(guest.spec.name), hypervisor, by=by)

    seen = each(desired.guests, one)
    return Observed(
        guests={guest.spec.name: state for guest, state in zip(desired.guests, seen, strict=True)},
        surplus=tuple(
            machine
            for machine in machines.values()
            if machine.mark is not None
            and machine.mark.pair == desired.pair.name
            and machine.name not in names
        ),
    )


def _guest(machine: Machine | None, hypervisor: Hypervisor, *, by: Deadline) -> ObservedGuest:
    if machine is None:
        return ObservedGuest(machine=None, files=None, passes={})
    ports = hypervisor.port_groups.ports(machine.name)
    files = None
    if machine.power is Power.ON and machine.mark is not None and machine.mark.ready:
        files = guestfiles.read(hypervisor.machines, machine.name, OWNED, by=by)
    return ObservedGuest(
        machine=machine, files=files, passes={port.mac: port.passes for port in ports}
    )


def _refuse_foreign(desired: Desired, machines: dict[str, Machine]) -> None:
    pair = desired.pair.name
    for guest in desired.guests:
        found = machines.get(guest.spec.name)
        if found is None or (found.mark is not None and found.mark.pair == pair):
            continue
        owner = "another tool" if found.mark is None else f"the pair {found.mark.pair}"
        raise SpecError(
            f"{guest.spec.name} is there already and belongs to {owner}.",
            hint="Give the guest another name; nothing was changed.",
        )
