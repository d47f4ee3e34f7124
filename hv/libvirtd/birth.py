"""How a machine comes to be on libvirt: defined, and furnished with files of its own."""

from dataclasses import replace

from vipprov.guest.errors import HeldError, HypervisorError, MissingError
from vipprov.hv import marktext
from vipprov.hv.libvirtd import machineread
from vipprov.hv.libvirtd.driver import Driver
from vipprov.hv.libvirtd.session import DEFINE_SECONDS, Session
from vipprov.hv.machine import Machine, MachineSpec, Power
from vipprov.hv.mark import Mark


def define(session: Session, driver: Driver, spec: MachineSpec) -> Machine:
    """Define the machine, and return what became of it."""
    nics = tuple(replace(nic, is_network=_is_network(session, nic.port_group)) for nic in spec.nics)
    text = driver.xml(replace(spec, nics=nics), mark=marktext.dump(spec.mark))
    return session.call(
        f"define {spec.name}",
        lambda: machineread.machine(session.connection.defineXML(text)),
        seconds=DEFINE_SECONDS,
    )


def furnish(driver: Driver, spec: MachineSpec, machine: Machine) -> None:
    """Give a machine that is off its files; HeldError where it is another pair's."""
    mark = _mark_of(machine)
    if mark is None or mark.pair != spec.mark.pair:
        raise HeldError(
            f"{spec.name} was made by somebody else a moment ago.",
            hint="Give the guest another name.",
        )
    if machine.power is not Power.OFF:
        return
    if mark.ready:
        driver.mend_files(spec)
    else:
        driver.remove_files(spec.name)  # a killed run may have written half of them
        driver.make_files(spec)


def _is_network(session: Session, port_group: str) -> bool:
    """Say whether libvirt has a network of this name; a bridge of the name comes second."""
    find = session.connection.networkLookupByName
    try:
        session.call(f"look for the network {port_group}", lambda: find(port_group))
    except MissingError:
        return False
    return True


def _mark_of(machine: Machine) -> Mark | None:
    if machine.mark_error:
        raise HypervisorError(
            f"Whose machine {machine.name} is cannot be told.",
            details=machine.mark_error,
            hint="Was it made by a newer vipprov, or edited by hand? `virsh dumpxml` shows it.",
        )
    return machine.mark
