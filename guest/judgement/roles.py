"""Roles: exactly one MASTER, asked in each guest."""

from vipprov.guest.check import Check
from vipprov.guest.facts import Daemon, Role
from vipprov.guest.judgement.finding import Fault, check, listed, unknown
from vipprov.guest.judgement.scene import Claim, Scene
from vipprov.guest.vrrp import Family

JOURNAL = "Read keepalived's journal in it: `journalctl -u keepalived`."


def checks(scene: Scene, family: Family) -> tuple[Check, ...]:
    """Return the checks of one instance: one MASTER, and each guest's role."""
    claims = scene.claims(family)
    return (
        _one_master(scene, family),
        *(_agreement(claim) for claim in claims),
    )


def _one_master(scene: Scene, family: Family) -> Check:
    instance, owners, silent = scene.instance(family), scene.owners(family), scene.silent()
    expected, seen = "one MASTER", _who(scene.claims(family), silent)
    if len(owners) == 1 and silent:
        why = Fault(
            f"{listed(silent)} cannot be asked and may be MASTER too.",
            "See the check `guest`; `one-owner` says what others on the segment see.",
        )
        return unknown("one-master", instance.name, expected=expected, why=why)
    fault = None
    if not owners:
        fault = Fault(
            "No guest that could be asked owns the virtual addresses.",
            "See the checks `role`; right after a start a MASTER may need three advert intervals.",
        )
    elif len(owners) > 1:
        fault = two_masters(scene, owners)
    return check("one-master", instance.name, expected=expected, seen=seen, fault=fault)


def two_masters(scene: Scene, owners: tuple[Claim, ...]) -> Fault:
    """Return why several guests own the same addresses."""
    names = tuple(claim.guest.name for claim in owners)
    dead = tuple(claim for claim in owners if claim.daemon is not Daemon.RUNNING)
    if dead:
        return Fault(
            f"keepalived in {dead[0].guest.name} is {_dead(dead[0].daemon)}, and the kernel there"
            " goes on answering for the virtual addresses beside their new owner.",
            f"Restart keepalived in {dead[0].guest.name}, or power it off.",
        )
    if set(names) <= set(scene.isolated()):
        return Fault(
            f"The ports of {listed(names)} are isolated from one another, so no advert crosses.",
            "Switch port isolation off for at least one of them.",
        )
    return Fault(
        f"{listed(names)} are MASTER at once: they do not hear each other's adverts, or differ in"
        " VRRP version, router id or peers.",
        "Let IP protocol 112 pass (firewalls in the guests, filters on the ports), and compare"
        " their keepalived.conf.",
    )


def _agreement(claim: Claim) -> Check:
    return check(
        "role",
        claim.guest.name,
        expected=f"{claim.instance.name}: role, address and keepalived agree",
        seen=f"{claim.instance.name}: {_words(claim)}",
        fault=disagreement(claim),
    )


def disagreement(claim: Claim) -> Fault | None:
    """Return why role, address and keepalived of a guest do not agree, or None if they do."""
    name = claim.guest.name
    if claim.daemon is not Daemon.RUNNING:
        still = ", and its kernel still answers for the vIP" if claim.holds else ""
        return Fault(f"keepalived in {name} is {_dead(claim.daemon)}{still}.", JOURNAL)
    missing = tuple(str(one.ip) for one in claim.instance.addresses if one.ip not in claim.holds)
    match claim.role:
        case None:
            return Fault(
                f"keepalived in {name} has told no role: its notify script did not run.", JOURNAL
            )
        case Role.FAULT:
            return Fault(
                f"keepalived in {name} is in FAULT: an interface is down or a track script fails.",
                JOURNAL,
            )
        case Role.MASTER if missing:
            return Fault(
                f"{name} says MASTER and has not {listed(missing)}: somebody removed it.",
                "Restart keepalived in it, and look who removes addresses.",
            )
        case Role.BACKUP | Role.STOP | Role.DELETED if claim.holds:
            return Fault(
                f"{name} says {claim.role.value} and still has {_addresses(claim)}.",
                "Restart keepalived in it, or remove the address.",
            )
        case _:
            return None


def _who(claims: tuple[Claim, ...], silent: tuple[str, ...]) -> str:
    told = (
        f"{claim.guest.name} {claim.role.value if claim.role else 'of no role'}"
        + (" with the address" if claim.holds and claim.role is not Role.MASTER else "")
        for claim in claims
    )
    return listed((*told, *(f"{name} unknown" for name in silent)))


def _words(claim: Claim) -> str:
    role = claim.role.value if claim.role else "no role"
    return f"{role}, {_addresses(claim)}, keepalived {claim.daemon.value}"


def _addresses(claim: Claim) -> str:
    return listed(tuple(map(str, claim.holds)), none="no vIP")


def _dead(daemon: Daemon) -> str:
    return "frozen" if daemon is Daemon.FROZEN else "not running"
