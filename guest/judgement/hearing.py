"""Hearing: whether the adverts of the owner reach the others."""

from vipprov.guest import adverts
from vipprov.guest.check import Check
from vipprov.guest.facts import Role
from vipprov.guest.judgement.finding import Fault, check, listed, unknown
from vipprov.guest.judgement.scene import Claim, Scene
from vipprov.guest.vrrp import Family


def checks(scene: Scene, family: Family) -> tuple[Check, ...]:
    """Return a check for each guest that does not say MASTER itself."""
    claims = scene.claims(family)
    return tuple(_heard(scene, claim) for claim in claims if claim.role is not Role.MASTER)


def _heard(scene: Scene, claim: Claim) -> Check:
    observation = scene.seen.guest(claim.guest.name)
    heard = observation.heard(claim.instance.name)
    patience = adverts.patience(scene.pair.vip, claim.instance.priority)
    expected = f"{claim.instance.name}: one within {patience:.2g} s"
    if heard is None:
        why = Fault(observation.error or f"Nobody listened in {claim.guest.name}.", "Verify again.")
        return unknown("advert", claim.guest.name, expected=expected, why=why)
    fault = None
    if not heard:
        fault = _unheard(scene, claim)
    elif heard[0].version != _version(scene, claim.instance.family):
        fault = Fault(
            f"{heard[0].source} speaks VRRPv{heard[0].version}, which {claim.guest.name} ignores.",
            "Bring all guests to the same configuration: `vipprov vm create`.",
        )
    return check(
        "advert",
        claim.guest.name,
        expected=expected,
        seen=listed(
            tuple(f"priority {one.priority} from {one.source}" for one in heard[:1]), none="none"
        ),
        fault=fault,
    )


def _unheard(scene: Scene, claim: Claim) -> Fault:
    others = tuple(
        one.guest.name for one in scene.owners(claim.instance.family) if one.guest != claim.guest
    )
    if not others:
        return Fault("No other guest is MASTER, so nobody sends adverts.", "See `one-master`.")
    if {claim.guest.name, *others} <= set(scene.isolated()):
        return Fault(
            f"The ports of {claim.guest.name} and {listed(others)} are isolated from one another.",
            "Switch port isolation off for at least one of them.",
        )
    return Fault(
        f"Adverts of {listed(others)} do not arrive in {claim.guest.name}.",
        "Let IP protocol 112 pass: firewalls in the guests, filters on the ports.",
    )


def _version(scene: Scene, family: Family) -> int:
    # IPv6 has no VRRP before version 3.
    return scene.pair.vip.vrrp_version if family is Family.IPV4 else 3
