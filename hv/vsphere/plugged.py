"""Which machines are on which port groups, and what shows that they need them open."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from pyVmomi import vim

from vipprov.hv.switchgroup import Plugged, SwitchGroup
from vipprov.hv.vsphere import collect, extra
from vipprov.hv.vsphere.collect import Read
from vipprov.hv.vsphere.records import Attributes
from vipprov.hv.vsphere.session import Session

VIRTUAL_ROUTERS = "00:00:5e:"
_PATHS = (
    "name",
    "runtime.host",
    "runtime.powerState",
    "network",
    "guest.net",
    "customValue",
    "config.annotation",
)
_NOTE = re.compile(extra.NOTE.format(guest=r"\S+", pair=r"(\S+)"))


def with_machines(session: Session, groups: Iterable[SwitchGroup]) -> tuple[SwitchGroup, ...]:
    """Return the port groups with the machines that are on each."""
    machines, attributes = collect.everything(session, vim.VirtualMachine, _PATHS), None
    if any(machine["customValue"] for machine in machines):
        attributes = Attributes.of(session)
    networks = {
        reference
        for machine in machines
        for reference in machine["network"] or ()
        if type(reference) is vim.Network
    }
    names = {one.key: one.name for one in collect.these(session, vim.Network, networks, ["name"])}
    found: dict[str, list[Plugged]] = defaultdict(list)
    for machine in machines:
        for key in _places(machine, names):
            found[key].append(_plugged(machine, attributes))
    return tuple(
        replace(group, machines=tuple(sorted(found[group.key], key=lambda one: one.name)))
        if group.key in found
        else group
        for group in groups
    )


def _places(machine: Read, names: Mapping[str, str]) -> Iterable[str]:
    host = machine["runtime.host"]
    for reference in machine["network"] or ():
        key = reference._moId  # noqa: SLF001
        if key not in names:
            yield key
        elif host is not None:
            yield f"{host._moId}/{names[key]}"  # noqa: SLF001


def _plugged(machine: Read, attributes: Attributes | None) -> Plugged:
    nics = machine["guest.net"] or ()
    foreign = {nic.macAddress.lower() for nic in nics if nic.macAddress and _is_foreign(nic)}
    return Plugged(
        name=machine.name,
        is_on=machine["runtime.powerState"] == "poweredOn",
        foreign_macs=tuple(sorted(foreign)),
        pair=_pair(machine, attributes),
    )


def _pair(machine: Read, attributes: Attributes | None) -> str:
    """Return the pair that the machine says it is of: by its attribute, or on a host by its note.

    What a person has put in the note besides, or in place of it, is nothing to us.
    """
    if attributes is not None and (said := attributes.of_machine(machine["customValue"])):
        return said.partition("/")[0]
    noted = _NOTE.match(str(machine["config.annotation"] or ""))
    return noted[1] if noted else ""


def _is_foreign(nic: Any) -> bool:  # noqa: ANN401
    """Say whether the guest reports an interface that is no NIC of the machine.

    VMware Tools give such an interface the key -1 in place of the NIC's.
    """
    return bool(nic.deviceConfigId < 0) or nic.macAddress.lower().startswith(VIRTUAL_ROUTERS)
