"""Read libvirt domains into machines; called inside `Session.call`."""

import libvirt

from vipprov.guest.errors import HypervisorError, MissingError
from vipprov.hv import marktext
from vipprov.hv.libvirtd import domain_xml, metadata
from vipprov.hv.libvirtd.faults import translated
from vipprov.hv.machine import Machine, Power
from vipprov.hv.mark import Mark


def machine(domain: libvirt.virDomain) -> Machine:
    """Return the machine that this domain is."""
    text = domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE)
    mark, mark_error = _mark(metadata.from_xml(text, domain_xml.MARK))
    return Machine(
        name=domain.name(),
        uuid=domain.UUIDString(),
        sort=domain_xml.sort(text),
        power=power(domain),
        halted=_halted(domain),
        nics=domain_xml.nics(text),
        mark=mark,
        mark_error=mark_error,
        moves=marktext.load_moves(metadata.from_xml(text, domain_xml.MOVES) or ""),
    )


def if_there(domain: libvirt.virDomain) -> Machine | None:
    """Return the machine, or None if it was removed since it was listed."""
    try:
        with translated(f"look at {domain.name()}"):
            return machine(domain)
    except MissingError:
        return None


def power(domain: libvirt.virDomain) -> Power:
    """Return whether the domain runs now."""
    match domain.state()[0]:
        case libvirt.VIR_DOMAIN_RUNNING | libvirt.VIR_DOMAIN_BLOCKED:
            return Power.ON
        case libvirt.VIR_DOMAIN_PAUSED:
            return Power.PAUSED
        case _:
            return Power.OFF


def _halted(domain: libvirt.virDomain) -> str:
    """Return why the hypervisor has paused the domain by itself, if it has."""
    state, reason = domain.state()
    if (state, reason) == (libvirt.VIR_DOMAIN_PAUSED, libvirt.VIR_DOMAIN_PAUSED_IOERROR):
        return "its disk could not be written, as when the host's disk is full"
    return ""


def _mark(kept: str | None) -> tuple[Mark | None, str]:
    """Return the mark, or why it cannot be read: one such machine must not stop all commands."""
    if kept is None:
        return None, ""
    try:
        return marktext.load(kept), ""
    except HypervisorError as error:
        return None, " ".join(filter(None, (str(error), error.details)))
