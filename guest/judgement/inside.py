"""What must hold inside one guest."""

from vipprov.guest import versions
from vipprov.guest.check import Check
from vipprov.guest.facts import Daemon, Facts
from vipprov.guest.judgement import kernel
from vipprov.guest.judgement.finding import Fault, check, listed
from vipprov.guest.judgement.scene import Claim, Scene
from vipprov.guest.pair import Guest, Promisc
from vipprov.guest.vrrp import VrrpInstance, instances

_ROUTER_MACS = ("00:00:5e:00:01:", "00:00:5e:00:02:")


def checks(scene: Scene, guest: Guest) -> tuple[Check, ...]:
    """Return the checks of this guest; only one if it could not be asked."""
    observation = scene.seen.guest(guest.name)
    facts = observation.facts
    expected = "answers when asked"
    if facts is None:
        fault = Fault(
            f"{guest.name} cannot be asked: {observation.error}",
            "Look whether it runs: `vipprov vm show`.",
        )
        return (check("guest", guest.name, expected=expected, seen="no answer", fault=fault),)
    mine = instances(scene.pair, guest)
    return (
        check("guest", guest.name, expected=expected, seen="answers", fault=None),
        *versions.judge(versions.found(facts), subject=guest.name),
        *_virtual_links(guest, facts, mine),
        *kernel.checks(scene.pair, guest, facts),
        _promiscuity(scene, guest, facts),
        _leftovers(scene, guest, facts),
    )


def _virtual_links(guest: Guest, facts: Facts, mine: tuple[VrrpInstance, ...]) -> tuple[Check, ...]:
    return tuple(
        made
        for instance in mine
        if instance.vmac_interface is not None
        for made in (
            _macvlan(guest, facts, instance, instance.vmac_interface),
            _virtual_mac(guest, facts, instance, instance.vmac_interface),
        )
    )


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


def _leftovers(scene: Scene, guest: Guest, facts: Facts) -> Check:
    claims = tuple(
        claim
        for family in scene.families()
        for claim in scene.claims(family)
        if claim.guest is guest
    )
    found = (
        *(words for claim in claims for words in _stray_addresses(claim, facts)),
        *_stray_links(facts, tuple(claim.instance for claim in claims)),
        *_stray_tables(facts),
    )
    fault = None
    if found:
        fault = Fault(
            f"{guest.name} keeps what no running keepalived answers for: {listed(found)}.",
            "Restart keepalived in it; what stays then, remove by `ip` and `nft`.",
        )
    return check(
        "leftovers", guest.name, expected="none", seen=_and_tables(found, facts), fault=fault
    )


def _stray_addresses(claim: Claim, facts: Facts) -> tuple[str, ...]:
    return tuple(
        f"{address} on {link}"
        for address in claim.holds
        for link in facts.holders(address)
        if link != claim.instance.device or not claim.rightful
    )


def _stray_links(facts: Facts, mine: tuple[VrrpInstance, ...]) -> tuple[str, ...]:
    wanted = {instance.vmac_interface for instance in mine}
    return tuple(
        f"{link.kind} {link.name} with {link.mac}"
        for link in facts.links
        if link.kind == "macvlan"
        and link.mac.startswith(_ROUTER_MACS)
        and (link.name not in wanted or facts.daemon is Daemon.ABSENT)
    )


def _stray_tables(facts: Facts) -> tuple[str, ...]:
    if facts.daemon is not Daemon.ABSENT:
        return ()
    return tuple(f"nft table {table}" for table in facts.nft_tables or () if _ours(table))


def _and_tables(found: tuple[str, ...], facts: Facts) -> str:
    """Return what was found; tables that others made are named, for they may filter."""
    others = tuple(table for table in facts.nft_tables or () if not _ours(table))
    told = listed(found)
    return f"{told}; other nft tables: {listed(others)}" if others else told


def _ours(table: str) -> bool:
    return table.rpartition(" ")[2].startswith("keepalived")
