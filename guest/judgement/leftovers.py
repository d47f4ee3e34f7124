"""Leftovers: what stays in a guest after whoever made it is gone."""

from vipprov.guest.check import Check
from vipprov.guest.facts import Daemon, Facts
from vipprov.guest.judgement.finding import Fault, check, listed
from vipprov.guest.judgement.scene import Claim, Scene
from vipprov.guest.pair import Guest
from vipprov.guest.vrrp import VrrpInstance

_ROUTER_MACS = ("00:00:5e:00:01:", "00:00:5e:00:02:")


def checks(scene: Scene, guest: Guest, facts: Facts) -> tuple[Check, ...]:
    """Return the check of addresses, links and tables that nobody should have left."""
    found = strays(scene, guest, facts)
    fault = None
    if found:
        fault = Fault(
            f"{guest.name} keeps what no running keepalived answers for: {listed(found)}.",
            "Restart keepalived in it; what stays then, remove by `ip` and `nft`.",
        )
    seen = _and_tables(found, facts)
    return (check("leftovers", guest.name, expected="none", seen=seen, fault=fault),)


def strays(scene: Scene, guest: Guest, facts: Facts) -> tuple[str, ...]:
    """Return what the guest keeps and no running keepalived answers for, in words."""
    claims = tuple(
        claim
        for family in scene.families()
        for claim in scene.claims(family)
        if claim.guest is guest
    )
    return (
        *(words for claim in claims for words in _stray_addresses(claim, facts)),
        *_stray_links(facts, tuple(claim.instance for claim in claims)),
        *_stray_tables(facts),
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
