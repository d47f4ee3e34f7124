"""Causes: from what is seen on the segment to the layer that drops. VRRP is healthy in most."""

from vipprov.guest.judgement import fabricfaults, kernel, ports, roles
from vipprov.guest.judgement.finding import Fault, listed
from vipprov.guest.judgement.scene import Claim, Scene, own_address
from vipprov.guest.observation import Reach, SegmentObservation
from vipprov.guest.vrrp import Family

OF_DUPLICATES = Fault(
    "Some pings are answered twice: two owners, or a promiscuous port that feeds the backup"
    " what is meant for the master.",
    "See `one-owner`; with one owner, use MAC learning in place of promiscuous mode.",
)


def of_silence(scene: Scene, segment: SegmentObservation, family: Family) -> Fault:
    """Return why nobody answers for a vIP."""
    owners = scene.owners(family)
    if not owners:
        return Fault("No guest owns it, so nobody answers.", "See the checks `one-master`.")
    owner = owners[0].guest.name
    known = ports.closed(scene, owner)
    if known is not None:
        return known
    told = fabricfaults.known(scene, segment.port_group)
    if told is not None:
        return told
    if nic_answers(owners[0], segment):
        return of_forged(scene, owners[0])
    return Fault(
        f"Nothing of {owner} is reached from {segment.port_group}, not even its own address.",
        f"Look whether {segment.port_group} and the port group of {owner} are joined.",
    )


def of_promiscuous(scene: Scene) -> Fault:
    """Return the fault of a port that nothing for the virtual MAC gets into."""
    return Fault(
        "The owner's own address replies, and what is sent to the virtual MAC does not arrive"
        " (promiscuous mode or MAC learning closed).",
        f"Open the port: {ports.opening(scene)}.",
    )


def of_forged(scene: Scene, claim: Claim) -> Fault:
    """Return the fault of a port that lets out frames of its NIC's own MAC alone."""
    return Fault(
        f"The port of {claim.guest.name} lets out only its NIC's own MAC: its own address answers,"
        " and the virtual MAC does not (forged transmits).",
        f"Accept forged transmits: {ports.opening(scene)}.",
    )


def of_wrong_mac(scene: Scene, macs: tuple[str, ...], family: Family) -> Fault | None:
    """Return why the answer is not the virtual MAC alone, or None if it is."""
    nics = {guest.mac: guest.name for guest in scene.pair.guests}
    strangers = tuple(mac for mac in macs if mac != scene.instance(family).mac)
    if not strangers:
        return None
    guest = nics.get(strangers[0])
    if guest is None:
        return Fault(
            f"{strangers[0]} is no MAC of this pair: another machine has the same address.",
            "Find it in the bridge's or the fabric's table, and take the address off it.",
        )
    if not scene.pair.vip.vmac:
        return Fault(
            f"Without a virtual MAC the vIP answers with the NIC of {guest}; a fail-over changes"
            " the MAC, and an EVPN fabric keeps sending to the old one.",
            "Set `vmac: true`.",
        )
    return Fault(
        f"{guest} answers for the vIP with its NIC's MAC: keepalived runs without `use_vmac`, or"
        " `arp_ignore` and `arp_announce` are not set.",
        "See the checks `vmac-interface` and `sysctl`.",
    )


def of_two_owners(scene: Scene, reach: Reach, family: Family) -> Fault | None:
    """Return why more than one answers for a vIP, or None if one does."""
    resolution = reach.resolution
    senders = {(answer.mac, answer.source) for answer in resolution.answers}
    if len(resolution.answers) <= resolution.requests and len(senders) == 1:
        return None
    owners = scene.owners(family)
    if len(owners) > 1:
        return roles.two_masters(scene, owners)
    names = tuple(claim.guest.name for claim in owners)
    return Fault(
        f"Somebody besides {listed(names, none='the pair')} answers for the vIP: another machine"
        " with the same address, or the same virtual router id.",
        "Look for a second pair with this virtual_router_id, and at guests that cannot be asked.",
    )


def of_no_reply(scene: Scene, segment: SegmentObservation, family: Family) -> Fault:
    """Return why a vIP that resolves does not answer pings."""
    owners = scene.owners(family)
    for claim in owners:
        facts = scene.facts(claim.guest)
        key = None if facts is None else kernel.strict(facts, claim.instance)
        if key is not None and family is Family.IPV4:
            return kernel.fault_of_strict(claim.guest.name, key)
    for claim in owners:
        known = ports.closed(scene, claim.guest.name)
        if known is not None:
            return known
    told = fabricfaults.known(scene, segment.port_group)
    if told is not None:
        return told
    if scene.pair.vip.vmac and any(nic_replies(claim, segment) for claim in owners):
        return of_promiscuous(scene)
    return Fault(
        "The owner resolves but does not reply: a firewall in the guest, or one that bridged"
        " frames pass on the host (bridge-nf-call-iptables).",
        f"Look at {listed(_tables(scene, owners), none='the firewall')}, then `vipprov doctor`.",
    )


def of_loss(scene: Scene, family: Family) -> Fault:
    """Return why some pings are answered and others are not."""
    owners = scene.owners(family)
    if len(owners) > 1:
        return roles.two_masters(scene, owners)
    return Fault(
        "Some replies were lost: the vIP is moving, or the segment is overloaded.",
        "Verify again; if it stays so, watch the MAC's place in the bridge's or fabric's table.",
    )


def nic_answers(claim: Claim, segment: SegmentObservation) -> bool:
    """Say whether the NIC's own address resolves in the segment."""
    reach = segment.reach(own_address(claim.guest, claim.instance.family))
    return reach is not None and bool(reach.resolution.answers)


def nic_replies(claim: Claim, segment: SegmentObservation) -> bool:
    """Say whether the NIC's own address replies to pings from the segment."""
    reach = segment.reach(own_address(claim.guest, claim.instance.family))
    return reach is not None and reach.ping is not None and reach.ping.received > 0


def _tables(scene: Scene, owners: tuple[Claim, ...]) -> tuple[str, ...]:
    return tuple(
        f"nft table {table} in {claim.guest.name}"
        for claim in owners
        if (facts := scene.facts(claim.guest)) is not None
        for table in facts.nft_tables or ()
        if "keepalived" not in table
    )
