"""Hearing: whether the adverts of the owner reach the others."""

from vipprov.guest import adverts
from vipprov.guest.adverts import Advert
from vipprov.guest.check import Check
from vipprov.guest.facts import Role
from vipprov.guest.judgement.finding import Fault, check, listed, unknown
from vipprov.guest.judgement.scene import Claim, Scene
from vipprov.guest.observation import SegmentObservation
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
        fault = lost(scene, claim)
    elif heard[0].version != version(scene, claim.instance.family):
        fault = other_version(claim.guest.name, heard[0])
    return check(
        "advert",
        claim.guest.name,
        expected=expected,
        seen=listed(
            tuple(f"priority {one.priority} from {one.source}" for one in heard[:1]), none="none"
        ),
        fault=fault,
    )


def alone(scene: Scene, family: Family) -> tuple[Check, ...]:
    """Return a check for each port group that no other pair has the router id there."""
    router = scene.instance(family).virtual_router_id
    return tuple(
        check(
            "alone",
            f"router id {router} on {segment.port_group}",
            expected="adverts of nobody else",
            seen=listed(tuple(str(one.source) for one in others(scene, segment, family))),
            fault=shared(scene, segment, family),
        )
        for segment in scene.seen.segments
        if not segment.error
    )


def shared(scene: Scene, segment: SegmentObservation, family: Family) -> Fault | None:
    """Return the fault of another pair that has the router id, and so the virtual MAC."""
    found = others(scene, segment, family)
    if not found:
        return None
    instance = scene.instance(family)
    return Fault(
        f"{found[0].source} advertises virtual_router_id {found[0].virtual_router_id} on"
        f" {segment.port_group}, too: another pair has the virtual MAC {instance.mac}, which the"
        " network now sees in two places.",
        "Give one of the two pairs another virtual_router_id.",
    )


def others(scene: Scene, segment: SegmentObservation, family: Family) -> tuple[Advert, ...]:
    """Return the adverts of our router id that are not from a guest of the pair."""
    mine = {address.ip for guest in scene.pair.guests for address in guest.addresses}
    return tuple(
        one
        for one in segment.adverts
        if one.virtual_router_id == scene.instance(family).virtual_router_id
        and one.source.version == family.value
        and one.source not in mine
    )


def other_version(guest: str, heard: Advert) -> Fault:
    """Return the fault of an advert of a version that the guest does not speak."""
    return Fault(
        f"{heard.source} speaks VRRPv{heard.version}, which {guest} ignores.",
        "Bring all guests to the same configuration: `vipprov vm create`.",
    )


def lost(scene: Scene, claim: Claim) -> Fault:
    """Return why this guest hears no advert."""
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


def version(scene: Scene, family: Family) -> int:
    """Return the version of VRRP that the pair speaks."""
    # IPv6 has no VRRP before version 3.
    return scene.pair.vip.vrrp_version if family is Family.IPV4 else 3
