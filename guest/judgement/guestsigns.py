"""The signs of causes that lie in one guest, read from what it tells of itself."""

from collections.abc import Callable, Iterator

from vipprov.guest import versions
from vipprov.guest.check import Verdict
from vipprov.guest.facts import Daemon, Facts, Role
from vipprov.guest.judgement import catalogue, conf, kernel, leftovers, links, roles
from vipprov.guest.judgement.cause import Cause
from vipprov.guest.judgement.finding import Fault, listed
from vipprov.guest.judgement.scene import Claim, Scene
from vipprov.guest.judgement.sign import Sign
from vipprov.guest.pair import Guest
from vipprov.guest.vrrp import Family, virtual_mac

Found = Iterator[tuple[Cause, Fault | None]]
Reader = Callable[[Scene, Guest, Facts], Found]


def signs(scene: Scene) -> Iterator[Sign]:
    """Yield the signs of each guest."""
    for guest in scene.pair.guests:
        facts = scene.facts(guest)
        found = _silent(scene, guest) if facts is None else _told(scene, guest, facts)
        for cause, fault in found:
            if fault is not None:
                yield Sign(cause, frozenset({guest.name}), fault)


def _silent(scene: Scene, guest: Guest) -> Found:
    yield (
        catalogue.GUEST_SILENT,
        Fault(
            f"{guest.name} cannot be asked: {scene.seen.guest(guest.name).error}",
            "Look whether it runs: `vipprov vm show`.",
        ),
    )


def _told(scene: Scene, guest: Guest, facts: Facts) -> Found:
    for read in (_software, _daemon, _conf, _interfaces, _claims, _kernel):
        yield from read(scene, guest, facts)


def _software(scene: Scene, guest: Guest, facts: Facts) -> Found:  # noqa: ARG001  a reader
    for check in versions.judge(versions.found(facts), subject=guest.name):
        if check.verdict is not Verdict.PASS:
            fault = Fault(f"In {guest.name} {check.cause}.", check.next_move)
            yield catalogue.SOFTWARE_OLD, fault


def _daemon(scene: Scene, guest: Guest, facts: Facts) -> Found:
    left = leftovers.strays(scene, guest, facts)
    if facts.daemon is Daemon.FROZEN:
        yield (
            catalogue.KEEPALIVED_FROZEN,
            Fault(
                f"keepalived in {guest.name} is frozen, and its kernel goes on as it was.",
                f"Restart keepalived in {guest.name}, or power it off.",
            ),
        )
    elif facts.daemon is Daemon.ABSENT and left:
        yield (
            catalogue.KEEPALIVED_KILLED,
            Fault(
                f"keepalived in {guest.name} died without cleaning up: {listed(left)}.",
                f"Restart keepalived in {guest.name}, and read its journal for why it died.",
            ),
        )
    elif facts.daemon is Daemon.ABSENT:
        yield (
            catalogue.KEEPALIVED_STOPPED,
            Fault(f"keepalived in {guest.name} does not run.", roles.JOURNAL),
        )


def _conf(scene: Scene, guest: Guest, facts: Facts) -> Found:
    yield catalogue.ROUTER_ID, conf.other_router(scene, guest, facts) or _router_mac(scene, facts)
    yield catalogue.PEERS, conf.other_peers(scene, guest, facts)
    yield catalogue.ADDRESSES, conf.other_addresses(scene, guest, facts)


def _router_mac(scene: Scene, facts: Facts) -> Fault | None:
    """Return the fault of a virtual interface that has the MAC of another virtual router."""
    for family in scene.families():
        instance = scene.instance(family)
        link = facts.link(instance.vmac_interface or "")
        others = {virtual_mac(family, number) for number in range(1, 256)} - {instance.mac}
        if link is not None and link.mac in others:
            return Fault(
                f"{link.name} has {link.mac}, the MAC of another virtual_router_id.",
                "Restart keepalived, so that it reads keepalived.conf again.",
            )
    return None


def _interfaces(scene: Scene, guest: Guest, facts: Facts) -> Found:
    name = scene.pair.interface
    nic = facts.link(name)
    if nic is None or not nic.up:
        yield (
            catalogue.INTERFACE_MISSING,
            Fault(
                f"{guest.name} has no interface {name} that is up.",
                "Look at its NICs: `ip link`. It may have been renamed.",
            ),
        )
    yield catalogue.MTU, links.narrow(scene, guest, facts)
    for check in links.checks(scene, guest, facts):
        if check.id in {"macvlan", "vmac-interface"} and check.verdict is Verdict.FAIL:
            is_gone = check.seen.startswith("no ")
            cause = catalogue.MACVLAN_MISSING if is_gone else catalogue.MACVLAN_WRONG
            if facts.daemon is not Daemon.ABSENT and nic is not None:
                yield cause, Fault(check.cause, check.next_move)


def _claims(scene: Scene, guest: Guest, facts: Facts) -> Found:
    for family in scene.families():
        for claim in scene.claims(family):
            if claim.guest is guest and claim.daemon is Daemon.RUNNING:
                yield _claimed(claim, facts)


def _claimed(claim: Claim, facts: Facts) -> tuple[Cause, Fault | None]:
    fault = roles.disagreement(claim)
    links_ = {link for address in claim.holds for link in facts.holders(address)}
    if claim.holds and (claim.role is not Role.MASTER or links_ != {claim.instance.device}):
        by_hand = Fault(
            f"{claim.guest.name} has {listed(tuple(map(str, claim.holds)))} on"
            f" {listed(tuple(sorted(links_)))}, and keepalived did not put it there.",
            f"Take it off by `ip address del` in {claim.guest.name}.",
        )
        return catalogue.BY_HAND, by_hand
    if claim.role is Role.MASTER:
        return catalogue.ADDRESS_REMOVED, fault
    return catalogue.KEEPALIVED_FAULT, fault


def _kernel(scene: Scene, guest: Guest, facts: Facts) -> Found:
    for family in scene.families():
        key = kernel.strict(facts, scene.instance(family)) if family is Family.IPV4 else None
        if key is not None:
            yield catalogue.RP_FILTER, kernel.fault_of_strict(guest.name, key)
    yield catalogue.SYSCTL, kernel.fault_of_settings(scene.pair, guest, facts)
