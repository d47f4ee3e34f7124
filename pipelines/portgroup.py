"""Port groups without machines of ours: show the ports, open one for a virtual MAC, restore it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from vipprov.guest.errors import MissingError, SpecError
from vipprov.guest.vrrp import Family, virtual_mac
from vipprov.hv.portgroup import Port, PortGroup, PortGroups, Record
from vipprov.pipelines import remove

MAC = re.compile(r"([0-9a-f]{2}:){5}[0-9a-f]{2}")
ROUTER_IDS = range(1, 256)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What goes by a name: a port group, the ports of a machine, or both."""

    name: str
    port_group: PortGroup | None
    ports: tuple[Port, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """One port, and what opening it makes of it."""

    machine: str
    mac: str
    record: Record


def show(port_groups: PortGroups, name: str) -> Shown:
    """Return the port group or the machine of this name, or raise MissingError."""
    group = port_groups.show(name)
    try:
        return Shown(name=name, port_group=group, ports=port_groups.ports(name))
    except MissingError:
        if group is not None:
            return Shown(name=name, port_group=group, ports=())
    raise MissingError(
        f"There is no bridge, no network and no machine {name}.",
        hint="`vipprov vm list` shows the machines, `virsh net-list --all` the networks.",
    )


def preview(
    port_groups: PortGroups, machine: str, macs: tuple[str, ...], *, nic: str | None
) -> Opening:
    """Return what `permit` would make of the port; change nothing."""
    mac, every = _wanted(port_groups, machine, macs, nic)
    return Opening(machine=machine, mac=mac, record=port_groups.plan(machine, mac, every))


def permit(
    port_groups: PortGroups, machine: str, macs: tuple[str, ...], *, nic: str | None
) -> Port:
    """Open the port of the machine as little as these MACs need, beside those that it lets out."""
    mac, every = _wanted(port_groups, machine, macs, nic)
    return port_groups.permit(machine, mac, every)


def restore(port_groups: PortGroups, machine: str, *, nic: str | None) -> tuple[Port, ...]:
    """Give back the ports of the machine (or the one that is named) as they were before."""
    ports = port_groups.ports(machine)
    wanted = [port.mac for port in ports if port.record is not None]
    if nic is not None:
        wanted = [chosen_nic(port_groups, machine, nic)]
    return tuple(port_groups.restore(machine, mac) for mac in wanted)


def wanted_macs(
    *, router_ids: Iterable[int], over_ipv6: bool, macs: Iterable[str]
) -> tuple[str, ...]:
    """Return the MACs that were asked for, or say all that is wrong with them."""
    families = (Family.IPV4, Family.IPV6) if over_ipv6 else (Family.IPV4,)
    ids, named = tuple(router_ids), tuple(mac.lower().replace("-", ":") for mac in macs)
    wrong = [f"--vrid {number}: a VRID is 1 to 255" for number in ids if number not in ROUTER_IDS]
    wrong += [f"--mac {mac}: write it as 00:00:5e:00:01:32" for mac in named if not is_mac(mac)]
    wrong += [f"--mac {mac}: this is a group address" for mac in named if _is_group(mac)]
    if not ids and not named:
        wrong.append("name a virtual MAC: --vrid N, or --mac MAC")
    if wrong:
        raise SpecError("No virtual MAC can be made of this.", details="\n".join(wrong))
    made = (virtual_mac(family, number) for number in ids for family in families)
    return tuple(dict.fromkeys((*made, *named)))


def is_mac(text: str) -> bool:
    """Say whether this is a MAC address in lower case with colons."""
    return MAC.fullmatch(text) is not None


def chosen_nic(port_groups: PortGroups, machine: str, nic: str | None) -> str:
    """Return the MAC of the NIC that is meant; one that is the only one need not be named."""
    known = tuple(port.mac for port in port_groups.ports(machine))
    if nic is not None and nic.lower() in known:
        return nic.lower()
    listed = "\n".join(known) or "It has none."
    if nic is not None:
        raise MissingError(f"{machine} has no NIC {nic}.", details=listed)
    if len(known) != 1:
        raise SpecError(
            f"{machine} has {len(known)} NICs.", details=listed, hint="Name one with --nic MAC."
        )
    return known[0]


def _wanted(
    port_groups: PortGroups, machine: str, macs: tuple[str, ...], nic: str | None
) -> tuple[str, tuple[str, ...]]:
    """Return the NIC, and all MACs that its port is to let out; refuse the port of a pair's own."""
    mac = chosen_nic(port_groups, machine, nic)
    port = next(port for port in port_groups.ports(machine) if port.mac == mac)
    has = port.configured.filter
    if port.record is None and has is not None and has.name == remove.filter_name(machine):
        raise SpecError(
            f"The port of {machine} is kept by its pair file, with `policy: least`.",
            details="It lets out the virtual MACs of that pair already.",
            hint="Another virtual address belongs in the pair file: edit it, and `vm create`.",
        )
    return mac, tuple(dict.fromkeys((*macs, *sorted(port.passes))))


def _is_group(mac: str) -> bool:
    return is_mac(mac) and int(mac[:2], 16) & 1 == 1
