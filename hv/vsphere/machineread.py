"""A machine of vSphere, read once, as a value."""

from collections.abc import Iterable, Mapping
from typing import Any

from pyVmomi import vim

from vipprov.guest.errors import HypervisorError
from vipprov.hv import marktext
from vipprov.hv.machine import Machine, Nic, Power, Sort
from vipprov.hv.mark import Mark
from vipprov.hv.vsphere import collect, extra, networks
from vipprov.hv.vsphere.collect import Read
from vipprov.hv.vsphere.session import Session

PATHS = (
    "name",
    "config.instanceUuid",
    "config.extraConfig",
    "config.hardware.device",
    "config.files.vmPathName",
    "runtime.powerState",
    "network",
)
_POWERS = {"poweredOn": Power.ON, "poweredOff": Power.OFF, "suspended": Power.PAUSED}


def machines(session: Session, references: Iterable[Any]) -> tuple[Machine, ...]:
    """Return these machines; one that goes meanwhile is an error of the whole read."""
    found = collect.these(session, vim.VirtualMachine, references, PATHS)
    every = (network for one in found for network in one["network"] or ())
    known = networks.names(session, every)
    return tuple(machine(one, known) for one in found)


def machine(one: Read, known: Mapping[str, str]) -> Machine:
    """Return the machine that was read. `known` are distributed port groups by key."""
    kept = extra.values(one["config.extraConfig"])
    found, error = mark(kept.get(extra.MARK, ""), str(one["name"]))
    called = extra.load_names(kept.get(extra.NICS, ""))
    return Machine(
        name=str(one["name"]),
        uuid=str(one["config.instanceUuid"] or ""),
        sort=Sort.VM,
        power=power(one),
        nics=tuple(
            Nic(
                mac=card.macAddress.lower(),
                port_group=networks.plugged(card, known),
                guest_name=called.get(card.macAddress.lower(), ""),
            )
            for card in cards(one["config.hardware.device"])
        ),
        mark=found,
        mark_error=error,
        moves=marktext.load_moves(kept.get(extra.MOVES, "")),
    )


def power(one: Read) -> Power:
    """Return the power state; a suspended machine is a paused one."""
    return _POWERS[str(one["runtime.powerState"])]


def cards(devices: Iterable[Any] | None) -> tuple[Any, ...]:
    """Return the network cards among the devices."""
    kind = vim.vm.device.VirtualEthernetCard
    return tuple(one for one in devices or () if isinstance(one, kind))


def mark(text: str, name: str) -> tuple[Mark | None, str]:
    """Return the mark, or why there is none. A copy of a machine has a mark with another name."""
    if not text:
        return None, ""
    try:
        found = marktext.load(text)
    except HypervisorError as error:
        return None, error.details
    return (found, "") if found.guest == name else (None, "")
