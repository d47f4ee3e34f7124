"""What others on the segment see: who answers for a vIP, and whether pings pass both ways."""

from vipprov.guest.check import Check
from vipprov.guest.facts import Role
from vipprov.guest.judgement import causes
from vipprov.guest.judgement.finding import Fault, check, listed, unknown
from vipprov.guest.judgement.scene import Scene
from vipprov.guest.observation import Reach, SegmentObservation
from vipprov.guest.pair import Address
from vipprov.guest.vrrp import Family


def checks(scene: Scene) -> tuple[Check, ...]:
    """Return the checks of every vIP from every vantage point, and of the way out."""
    return (
        *(
            made
            for segment in scene.seen.segments
            for address in scene.pair.vip.addresses
            for made in _vip(scene, segment, address.ip)
        ),
        *(made for family in scene.families() for made in _outwards(scene, family)),
    )


def _vip(scene: Scene, segment: SegmentObservation, address: Address) -> tuple[Check, ...]:
    subject, family = f"{address} from {segment.port_group}", Family(address.version)
    expected = scene.instance(family).mac
    reach = segment.reach(address)
    if reach is None:
        why = Fault(
            segment.error or "Nobody asked.", "Run where the port group's bridge is, as root."
        )
        return (unknown("arp", subject, expected=expected, why=why),)
    return (
        _answer(scene, segment, reach, family),
        *_one_owner(scene, segment, reach, family),
        *_pings(scene, segment, reach, family),
    )


def _answer(scene: Scene, segment: SegmentObservation, reach: Reach, family: Family) -> Check:
    macs = reach.resolution.macs
    if macs:
        fault = causes.of_wrong_mac(scene, macs, family)
    else:
        fault = causes.of_silence(scene, segment, family)
    return check(
        "arp",
        _subject(reach, segment),
        expected=scene.instance(family).mac,
        seen=listed(macs, none="no answer"),
        fault=fault,
    )


def _one_owner(
    scene: Scene, segment: SegmentObservation, reach: Reach, family: Family
) -> tuple[Check, ...]:
    resolution = reach.resolution
    if not resolution.answers:
        return ()
    return (
        check(
            "one-owner",
            _subject(reach, segment),
            expected=f"{resolution.requests} requests, one answer each",
            seen=f"{len(resolution.answers)} answers from {len(resolution.macs)} MAC",
            fault=causes.of_two_owners(scene, reach, family),
        ),
    )


def _pings(
    scene: Scene, segment: SegmentObservation, reach: Reach, family: Family
) -> tuple[Check, ...]:
    subject, ping = _subject(reach, segment), reach.ping
    if ping is None:
        why = Fault(reach.not_pinged or "Nobody pinged it.", "See the check `arp`.")
        return (unknown("ping", subject, expected="a reply to each ping", why=why),)
    fault = None
    if ping.received == 0:
        fault = causes.of_no_reply(scene, segment, family)
    elif ping.received < ping.sent:
        fault = causes.of_loss(scene, family)
    answered = check(
        "ping",
        subject,
        expected=f"{ping.sent} of {ping.sent}",
        seen=f"{ping.received} of {ping.sent}",
        fault=fault,
    )
    return (answered, *_duplicates(subject, reach)) if ping.received else (answered,)


def _duplicates(subject: str, reach: Reach) -> tuple[Check, ...]:
    count = 0 if reach.ping is None else reach.ping.duplicates
    fault = None
    if count:
        fault = causes.OF_DUPLICATES
    return (
        check(
            "no-duplicates",
            subject,
            expected="no second reply",
            seen=f"{count} duplicates" if count else "none",
            fault=fault,
        ),
    )


def _outwards(scene: Scene, family: Family) -> tuple[Check, ...]:
    return tuple(
        made
        for claim in scene.owners(family)
        if claim.role is Role.MASTER
        for made in _from_master(scene, claim.guest.name, family)
    )


def _from_master(scene: Scene, guest: str, family: Family) -> tuple[Check, ...]:
    observation = scene.seen.guest(guest)
    echoes = tuple(one for one in observation.echoes if one.target.version == family.value)
    if not echoes:
        why = Fault(
            observation.error or "No vantage point has an address to be pinged at.",
            "See the checks `arp` and `ping`.",
        )
        return (unknown("ping-out", guest, expected="a reply to each ping", why=why),)
    return tuple(_outward(guest, one.target, one.sent, one.received) for one in echoes)


def _outward(guest: str, target: Address, sent: int, received: int) -> Check:
    fault = None
    if received < sent:
        fault = Fault(
            f"{guest} does not get all replies from its own segment.",
            "Look at the firewall in the guest, and at the filter on its port.",
        )
    return check(
        "ping-out",
        f"{guest} to {target}",
        expected=f"{sent} of {sent}",
        seen=f"{received} of {sent}",
        fault=fault,
    )


def _subject(reach: Reach, segment: SegmentObservation) -> str:
    return f"{reach.resolution.address} from {segment.port_group}"
