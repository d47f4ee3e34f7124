"""Look at a pair as it is."""

from vipprov.guest import daemonstate, render
from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import HypervisorError, SpecError
from vipprov.guest.facts import Daemon
from vipprov.hv import portplan
from vipprov.hv.machine import Machine, Power
from vipprov.hv.portgroup import Port
from vipprov.hv.registry import Hypervisor
from vipprov.pipelines import guestfiles, need
from vipprov.pipelines.sidebyside import each
from vipprov.pipelines.state import Desired, DesiredGuest, Observed, ObservedGuest


def observe(desired: Desired, hypervisor: Hypervisor, *, by: Deadline) -> Observed:
    """Return the pair as it is, or refuse what can never be.

    That is a name that belongs to a machine which is not ours, and a port group that is not there
    or can never carry a virtual MAC.
    """
    for port_group in dict.fromkeys(
        nic.port_group for one in desired.guests for nic in one.spec.nics
    ):
        hypervisor.port_groups.refuse_hopeless(port_group)
    machines = {machine.name: machine for machine in hypervisor.machines.list()}
    names = {guest.spec.name for guest in desired.guests}
    _refuse_foreign(desired, machines)
    hypervisor.machines.refuse_namesakes(names - machines.keys())

    def one(guest: DesiredGuest) -> ObservedGuest:
        return _guest(guest, machines.get(guest.spec.name), hypervisor, by=by)

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
        closed=need.needed(desired.pair, hypervisor.switches),
        is_apart=hypervisor.machines.is_apart(desired.pair.name, names),
    )


def _guest(
    guest: DesiredGuest, machine: Machine | None, hypervisor: Hypervisor, *, by: Deadline
) -> ObservedGuest:
    if machine is None:
        return ObservedGuest(machine=None, files=None, passes={})
    ports = hypervisor.port_groups.ports(machine.name)
    files, daemon = None, Daemon.RUNNING
    if machine.power is Power.ON and machine.mark is not None and machine.mark.ready:
        paths = render.owned(guest.configuration)
        files = guestfiles.read(hypervisor.machines, machine.name, paths, by=by)
        done = hypervisor.machines.run(machine.name, daemonstate.COMMAND, by=by)
        daemon = daemonstate.told(done.code, done.text)
    return ObservedGuest(
        machine=machine,
        files=files,
        passes={port.mac: port.passes for port in ports},
        daemon=daemon,
        unfiltered=frozenset(
            port.mac for port in ports if port.in_force is not None and port.in_force.filter is None
        ),
        unhooked=frozenset(port.mac for port in ports if port.unhooked is not None),
        unlearning=frozenset(port.mac for port in ports if _must_learn(guest, port)),
    )


def _must_learn(guest: DesiredGuest, port: Port) -> bool:
    """Say whether the port is one that we keep open, and does not learn what it has to."""
    if port.in_force is None or not guest.filter_macs:
        return False
    return portplan.must_learn(port.in_force, frozenset(guest.filter_macs), port.pinned_macs)


def _refuse_foreign(desired: Desired, machines: dict[str, Machine]) -> None:
    pair = desired.pair.name
    for guest in desired.guests:
        found = machines.get(guest.spec.name)
        if found is None or (found.mark is not None and found.mark.pair == pair):
            continue
        if found.mark_error:
            raise HypervisorError(
                f"Whose machine {found.name} is cannot be told: vipprov's mark on it is damaged.",
                details=found.mark_error,
                hint=f"`vipprov vm destroy {pair}` removes it with the rest of {pair}, if that is"
                " there; or give the guest another name.",
            )
        owner = "another tool" if found.mark is None else f"the pair {found.mark.pair}"
        raise SpecError(
            f"{guest.spec.name} is there already and belongs to {owner}.",
            hint="Give the guest another name; nothing was changed.",
        )
