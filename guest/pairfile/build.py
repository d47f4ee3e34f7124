"""From the tables of a faultless file to the values that the rest of vipprov works with."""

from collections.abc import Callable
from ipaddress import IPv6Interface
from pathlib import Path

from vipprov.guest.errors import SpecError
from vipprov.guest.pair import (
    CustomPolicy,
    Guest,
    Management,
    MoveBudget,
    Pair,
    Policy,
    PolicyMode,
    Promisc,
    SecretKind,
    SecretRef,
    Setting,
    Size,
    TrackScript,
    Vip,
)
from vipprov.guest.pairfile import defaults, hypervisors
from vipprov.guest.pairfile.model import (
    FabricTable,
    GuestTable,
    PairTable,
    PolicyTable,
)
from vipprov.guest.pairfile.placement_table import PlacementTable
from vipprov.guest.pairfile.vip_table import TrackTable, VipTable
from vipprov.guest.placement import Placement


def pair(table: PairTable, *, folder: Path) -> Pair:
    """Return the pair; relative paths in the file are relative to its folder."""
    management = table.management
    return Pair(
        name=table.name,
        hypervisor=table.hypervisor,
        image=_image(table.image, folder),
        size=Size(cpus=table.size.cpus, memory=table.size.memory, disk=table.size.disk),
        interface=table.interface,
        policy=_policy(table.policy),
        vip=_vip(table.vip),
        guests=tuple(_guest(table, place, guest) for place, guest in enumerate(table.guests)),
        promisc=Promisc(table.promisc),
        sysctl=tuple(table.sysctl.items()),
        gateways=tuple(table.gateway),
        dns=tuple(table.dns),
        ssh_keys=tuple(_key(key, folder) for key in table.ssh_keys),
        password=_secret(table.password, folder) if table.password is not None else None,
        cloud_config=_path(table.cloud_config, folder) if table.cloud_config is not None else None,
        packages_update=table.packages.update,
        management=Management(port_group=management.port_group) if management is not None else None,
        fabric=_budget(table.fabric),
        observers=tuple(table.verify.observers),
        timeout=table.timeout,
    )


def _policy(policy: str | PolicyTable) -> Policy:
    match policy:
        case PolicyTable():
            return CustomPolicy(
                promiscuous=_optional(Setting, policy.promiscuous),
                mac_changes=_optional(Setting, policy.mac_changes),
                forged_transmits=_optional(Setting, policy.forged_transmits),
            )
        case _:
            return PolicyMode(policy)


def _optional(make: Callable[[str], Setting], word: str | None) -> Setting | None:
    return None if word is None else make(word)


def _vip(table: VipTable) -> Vip:
    profile = defaults.PROFILES[table.profile]
    interval = table.advert_interval
    interval = profile.advert_interval if interval is None else interval
    refresh = table.garp_refresh
    with_ipv6 = any(isinstance(address, IPv6Interface) for address in table.addresses)
    chosen = defaults.version(profile, interval=interval, with_ipv6=with_ipv6)
    return Vip(
        addresses=tuple(table.addresses),
        virtual_router_id=table.virtual_router_id,
        vrrp_version=table.version or chosen,
        advert_interval=interval,
        vmac=table.vmac,
        preempt=table.preempt,
        garp_refresh=profile.garp_refresh if refresh is None else refresh,
        track=tuple(_track(name, script) for name, script in table.track.items()),
        keepalived_extra=tuple(
            line.rstrip() for line in table.keepalived_extra.split("\n") if line.strip()
        ),
    )


def _track(name: str, table: TrackTable) -> TrackScript:
    return TrackScript(
        name=name,
        command=tuple(table.command),
        interval=table.interval,
        fall=table.fall,
        rise=table.rise,
    )


def _guest(table: PairTable, place: int, guest: GuestTable) -> Guest:
    profile = defaults.PROFILES[table.vip.profile]
    there = hypervisors.scheme(table.hypervisor) == "vsphere"

    def mac(nic: str) -> str:
        return defaults.mac(pair=table.name, guest=guest.name, nic=nic, on_vsphere=there)

    return Guest(
        name=guest.name,
        addresses=tuple(guest.addresses),
        port_group=guest.port_group or table.port_group,
        mac=guest.mac or mac(defaults.VIP_NIC),
        priority=guest.priority or profile.priority(place, of=len(table.guests)),
        filter=guest.filter,
        placement=_placement(guest.placement).over(_placement(table.placement)),
        management_mac=mac(defaults.MANAGEMENT_NIC) if table.management is not None else None,
        management_addresses=tuple(guest.management_addresses),
    )


def _placement(table: PlacementTable) -> Placement:
    return Placement(
        cluster=table.cluster,
        host=table.host,
        resource_pool=table.resource_pool,
        datastore=table.datastore,
        folder=table.folder,
    )


def _budget(table: FabricTable) -> MoveBudget:
    if table.moves is not None and table.window is not None:
        return MoveBudget(profile="custom", moves=table.moves, window=table.window)
    return defaults.budget(table.profile or "frr")


def _key(key: str | SecretRef, folder: Path) -> str | SecretRef:
    return key if isinstance(key, str) else _secret(key, folder)


def _secret(reference: SecretRef, folder: Path) -> SecretRef:
    match reference.kind:
        case SecretKind.ENV:
            return reference
        case SecretKind.FILE:
            path = _path(reference.target, folder)
            return SecretRef(kind=SecretKind.FILE, target=str(path))


def _image(name: str, folder: Path) -> str:
    return str(_path(name, folder)) if name.startswith(("./", "../", "~/")) else name


def _path(name: str, folder: Path) -> Path:
    try:
        return folder / Path(name).expanduser()
    except RuntimeError as error:
        raise SpecError(
            "Nobody knows where ~ is: this user has no home folder.",
            hint="Write whole paths in the pair file, or set HOME.",
        ) from error
