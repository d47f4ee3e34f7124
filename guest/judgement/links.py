"""The interfaces in a guest: the macvlan that carries the virtual MAC, and the NIC under it."""

from vipprov.guest.check import Check
from vipprov.guest.facts import Daemon, Facts, Link
from vipprov.guest.judgement.finding import Fault, check, listed
from vipprov.guest.judgement.scene import Scene
from vipprov.guest.pair import Guest, Promisc
from vipprov.guest.vrrp import VrrpInstance, instances


def checks(scene: Scene, guest: Guest, facts: Facts) -> tuple[Check, ...]:
    """Return the checks of the virtual interfaces, and of the NIC's promiscuous mode."""
    virtual = tuple(
        made
        for instance in instances(scene.pair, guest)
        if instance.vmac_interface is not None
        for made in (
            _macvlan(guest, facts, instance, instance.vmac_interface),
            _virtual_mac(guest, facts, instance, instance.vmac_interface),
        )
    )
    return (*virtual, _promiscuity(scene, guest, facts), _mtu(scene, guest, facts))


def narrow(scene: Scene, guest: Guest, facts: Facts) -> Fault | None:
    """Return the fault of an interface that passes less than the widest NIC of the pair."""
    largest = widest(scene)
    for link in _mine(scene, guest, facts):
        if link.mtu < largest:
            return Fault(
                f"{link.name} in {guest.name} has an MTU of {link.mtu}, and a NIC of the"
                f" pair {largest}: what is larger is lost on the way.",
                f"`ip link set {link.name} mtu {largest}`, and look what sets it.",
            )
    return None


def _mtu(scene: Scene, guest: Guest, facts: Facts) -> Check:
    seen = (f"{link.name} {link.mtu}" for link in _mine(scene, guest, facts))
    return check(
        "mtu",
        guest.name,
        expected=f"at least {widest(scene)}",
        seen=listed(tuple(seen)),
        fault=narrow(scene, guest, facts),
    )


def _mine(scene: Scene, guest: Guest, facts: Facts) -> tuple[Link, ...]:
    names = (scene.pair.interface, *(one.device for one in instances(scene.pair, guest)))
    every = (facts.link(name) for name in dict.fromkeys(names))
    return tuple(link for link in every if link is not None)


def widest(scene: Scene) -> int:
    """Return the largest MTU of a NIC of the pair."""
    told = (scene.facts(guest) for guest in scene.pair.guests)
    nics = (facts.link(scene.pair.interface) for facts in told if facts is not None)
    return max((link.mtu for link in nics if link is not None), default=0)


def _macvlan(guest: Guest, facts: Facts, instance: VrrpInstance, name: str) -> Check:
    link = facts.link(name)
    wanted = f"{name}: private macvlan on {instance.interface}"
    seen, fault = f"no {name}", None
    if link is None:
        fault = _no_link(guest, facts, name)
    else:
        seen = f"{name}: {link.mode or 'plain'} {link.kind or 'link'} on {link.parent}"
        if (link.kind, link.mode, link.parent) != ("macvlan", "private", instance.interface):
            fault = Fault(
                f"{name} in {guest.name} was not made by keepalived for this instance.",
                f"Remove it (`ip link del {name}`) and restart keepalived.",
            )
    return check("macvlan", guest.name, expected=wanted, seen=seen, fault=fault)


def _no_link(guest: Guest, facts: Facts, name: str) -> Fault:
    if facts.daemon is Daemon.ABSENT:
        return Fault(
            f"keepalived does not run in {guest.name}, so nobody made {name}.",
            "Start it, and read its journal: `journalctl -u keepalived`.",
        )
    return Fault(
        f"keepalived in {guest.name} made no {name}: `use_vmac` is missing, or the kernel has no"
        " macvlan.",
        "Try `modprobe macvlan` (in a container: on its host), and read keepalived's journal.",
    )


def _virtual_mac(guest: Guest, facts: Facts, instance: VrrpInstance, name: str) -> Check:
    link = facts.link(name)
    seen, fault = f"no {name}", None
    if link is None:
        fault = _no_link(guest, facts, name)
    else:
        seen = f"{name}: {'up' if link.up else 'down'}, {link.mac}"
        if link.mac != instance.mac:
            fault = Fault(
                f"{name} in {guest.name} has a MAC of its own, so a fail-over changes the MAC.",
                "Restart keepalived; if it comes back, look who sets the address of new links.",
            )
        elif not link.up:
            fault = Fault(
                f"{name} in {guest.name} is down.",
                f"Look who set it down; `ip link set {name} up` brings it back.",
            )
    wanted = f"{name}: up, {instance.mac}"
    return check("vmac-interface", guest.name, expected=wanted, seen=seen, fault=fault)


def _promiscuity(scene: Scene, guest: Guest, facts: Facts) -> Check:
    name = scene.pair.interface
    link = facts.link(name)
    demanded = scene.pair.promisc is Promisc.ON
    fault = None
    if link is None:
        fault = Fault(f"{guest.name} has no interface {name}.", "Look at its NICs: `ip link`.")
    elif demanded and link.promiscuity == 0:
        fault = Fault(
            f"Promiscuous mode was asked for, and nobody holds it on {name} in {guest.name}.",
            f"`ip link set {name} promisc on`; look what takes it off after boot.",
        )
    return check(
        "promiscuity",
        guest.name,
        expected=f"{name}: counter at least 1" if demanded else f"{name}: as the kernel chose",
        seen="no such interface" if link is None else f"{name}: counter {link.promiscuity}",
        fault=fault,
    )
