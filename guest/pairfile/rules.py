"""Rules about several keys at once, judged on whatever was understood of the file."""

from collections.abc import Iterator
from datetime import timedelta

from vipprov.guest.pairfile import defaults, keepalived_words, subnets
from vipprov.guest.pairfile.draft import Draft, DraftGuest, DraftVip
from vipprov.guest.pairfile.mistake import Complaint, Trail, used_twice, written
from vipprov.guest.pairfile.units import duration_text

CONTAINERS = "lxc:"
LIBVIRT = (CONTAINERS, "qemu:", "test:")
# libvirt mounts the rest of /proc/sys read-only in a container.
OF_A_CONTAINER = ("net.ipv4.", "net.ipv6.")


def complaints(draft: Draft) -> Iterator[Complaint]:
    """Find all that does not go together."""
    names = (guest.name for guest in draft.guests if guest.name is not None)
    named = ((name.value, name.trail) for name in names)
    yield from used_twice(named, instead="Write a name of its own")
    yield from _macs(draft)
    yield from subnets.complaints(draft)
    yield from _timers(draft.vip)
    yield from _filters(draft)
    yield from _policy(draft)
    yield from _placements(draft)
    yield from _fabric(draft)
    yield from _interface(draft)
    yield from _extra(draft.vip)
    yield from _sysctl(draft)


def _sysctl(draft: Draft) -> Iterator[Complaint]:
    if not draft.hypervisor.startswith(CONTAINERS):
        return
    for key in draft.sysctl:
        if not key.replace("/", ".").startswith(OF_A_CONTAINER):
            yield Complaint(
                trail=("sysctl", key),
                what="a container has the host's kernel, and of its settings only those of IPv4 and"
                " IPv6 are its own",
                instead="Leave it out and set it on the host, or make VMs with qemu:///system",
                on_key=True,
            )


def _macs(draft: Draft) -> Iterator[Complaint]:
    first: dict[str, tuple[object, Trail]] = {}
    for guest in draft.guests:
        for mac, owner, trail in _macs_of(draft, guest):
            known, where = first.setdefault(mac, (owner, trail))
            if known != owner:
                yield Complaint(
                    trail=trail,
                    what=f"the MAC {mac} is used twice, first by {written(where)}",
                    instead="Write a mac of its own",
                )


def _macs_of(draft: Draft, guest: DraftGuest) -> Iterator[tuple[str, object, Trail]]:
    """Return each MAC of a guest and whose it is; those made from its name are the name's."""
    if guest.mac is not None:
        yield guest.mac.value, guest.mac.trail, guest.mac.trail
    if guest.name is None:
        return
    name = guest.name.value
    there = draft.hypervisor.startswith("vsphere:")
    nics = (defaults.VIP_NIC,) if guest.mac is None else ()
    for nic in (*nics, *((defaults.MANAGEMENT_NIC,) if draft.management else ())):
        made = defaults.mac(pair=draft.name, guest=name, nic=nic, on_vsphere=there)
        yield made, (name, nic), guest.trail


def _timers(vip: DraftVip) -> Iterator[Complaint]:
    with_ipv6 = any(address.value.version == 6 for address in vip.addresses)  # noqa: PLR2004
    profile = defaults.PROFILES.get(vip.profile, defaults.PROFILES[defaults.DEFAULT_PROFILE])
    wanted = vip.version.value if vip.version is not None else None
    if wanted == defaults.VRRP2 and with_ipv6:
        yield Complaint(
            trail=("vip", "version"),
            what="VRRPv2 knows no IPv6, and there is an IPv6 vIP",
            instead="Write version: 3, or leave version out",
        )
    interval = vip.interval.value if vip.interval is not None else profile.advert_interval
    version = wanted or defaults.version(profile, interval=interval, with_ipv6=with_ipv6)
    if not defaults.interval_fits(version, interval):
        on = "advert_interval" if vip.interval is not None else "version"
        what, instead = _misfit(version, interval)
        yield Complaint(trail=("vip", on), what=what, instead=instead)


def _misfit(version: int, interval: timedelta) -> tuple[str, str]:
    what = f"adverts of VRRPv{version} cannot carry an interval of {duration_text(interval)}"
    if version == defaults.VRRP2:
        return what, "Write whole seconds from 1s to 255s, or version: 3"
    return what, "Write a multiple of 10ms, from 10ms to 40.95s"


def _filters(draft: Draft) -> Iterator[Complaint]:
    if draft.policy is not None and draft.policy.value == "unchanged":
        return
    for guest in draft.guests:
        if guest.filter is not None:
            yield Complaint(
                trail=guest.filter,
                what="a filter of your own needs a port that vipprov leaves alone",
                instead="Write policy: unchanged at the top of the file, or leave filter out",
                on_key=True,
            )


def _policy(draft: Draft) -> Iterator[Complaint]:
    if draft.policy is not None and draft.policy.value == {}:
        yield Complaint(
            trail=draft.policy.trail,
            what="no setting is given",
            instead="Write unchanged, or promiscuous, mac_changes, forged_transmits",
        )


def _placements(draft: Draft) -> Iterator[Complaint]:
    if not draft.hypervisor.startswith(LIBVIRT):
        return
    for trail in (draft.placement, *(guest.placement for guest in draft.guests)):
        if trail is not None:
            yield Complaint(
                trail=trail,
                what="machines of libvirt are all made on this host: there is nothing to choose",
                instead="Leave it out, or name a vsphere:// hypervisor",
                on_key=True,
            )


def _fabric(draft: Draft) -> Iterator[Complaint]:
    given = draft.fabric & {"moves", "window"}
    if "profile" in draft.fabric and given:
        what, instead = "profile and your own numbers do not go together", "Keep one of the two"
        yield Complaint(trail=("fabric",), what=what, instead=instead)
    elif len(given) == 1:
        (missing,) = {"moves", "window"} - given
        what, instead = f"{missing} is missing", "Write both, such as {moves: 4, window: 180s}"
        yield Complaint(trail=("fabric",), what=what, instead=instead)


def _interface(draft: Draft) -> Iterator[Complaint]:
    number = draft.vip.virtual_router_id
    ours = {f"vrrp.{number}", f"vrrp6.{number}"}
    if draft.interface is not None and draft.interface.value in ours:
        yield Complaint(
            trail=draft.interface.trail,
            what=f"{draft.interface.value} is the interface that keepalived makes for the vIP",
            instead="Write the NIC under it, such as eth0",
        )


def _extra(vip: DraftVip) -> Iterator[Complaint]:
    if vip.extra is None:
        return
    lines = vip.extra.value.split("\n")
    for number, mistaken in keepalived_words.line_mistakes(lines, preempt=vip.preempt):
        yield Complaint(
            trail=vip.extra.trail, what=mistaken.what, instead=mistaken.instead, line=number
        )
