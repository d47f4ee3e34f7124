"""What can be understood of a pair file, mistakes or not: what the rules are judged on.

A value that does not parse is left out here; that it does not parse is said elsewhere. So a wrong
type in one place does not hide a clash in another.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Generic, TypeVar

from vipprov.guest.pair import Address, Interface
from vipprov.guest.pairfile import addresses, defaults, hypervisors, names, units
from vipprov.guest.pairfile.mistake import Mistaken, Trail

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found(Generic[T]):
    """A value and where it stands."""

    value: T
    trail: Trail


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftGuest:
    """What is understood of one guest. `whole`: no address of it was left out."""

    trail: Trail
    name: Found[str] | None
    addresses: tuple[Found[Interface], ...]
    management: tuple[Found[Interface], ...]
    mac: Found[str] | None
    filter: Trail | None
    placement: Trail | None
    whole: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftVip:
    """What is understood of the virtual addresses and their protocol."""

    addresses: tuple[Found[Interface], ...]
    virtual_router_id: int | None
    profile: str
    version: Found[int] | None
    interval: Found[timedelta] | None
    preempt: bool
    extra: Found[str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What is understood of the whole file."""

    name: str
    hypervisor: str
    interface: Found[str] | None
    sysctl: tuple[str, ...]
    vip: DraftVip
    guests: tuple[DraftGuest, ...]
    gateways: tuple[Found[Address], ...]
    observers: tuple[Found[Address], ...]
    port_groups: frozenset[str]
    policy: Found[object] | None
    placement: Trail | None
    management: bool
    fabric: frozenset[str]


def sketch(data: object) -> Draft:
    """Return what is understood of the file's plain data."""
    guests = _get(data, "guests")
    fabric, policy = _get(data, "fabric"), _get(data, "policy")
    return Draft(
        name=str(_get(data, "name")),
        hypervisor=str(_get(data, "hypervisor") or hypervisors.DEFAULT),
        interface=_found(data, ("interface",), names.interface),
        sysctl=_sysctl(data),
        vip=_vip(data),
        guests=tuple(
            _guest(data, number) for number in range(len(guests) if isinstance(guests, list) else 0)
        ),
        gateways=_gateways(data),
        observers=_each(data, ("verify", "observers"), addresses.host),
        port_groups=_port_groups(data),
        policy=Found(value=policy, trail=("policy",)) if policy is not None else None,
        placement=_given(data, ("placement",)),
        management=isinstance(_get(data, "management"), dict),
        fabric=frozenset(fabric) if isinstance(fabric, dict) else frozenset(),
    )


def _sysctl(data: object) -> tuple[str, ...]:
    """Return the keys of kernel settings that are keys at all."""
    table = _get(data, "sysctl")
    return tuple(key for key in table if _is_sysctl(key)) if isinstance(table, dict) else ()


def _is_sysctl(key: object) -> bool:
    try:
        names.sysctl_key(key)
    except Mistaken:
        return False
    return True


def _vip(data: object) -> DraftVip:
    router_id = _get(data, "vip", "virtual_router_id")
    profile = _get(data, "vip", "profile")
    return DraftVip(
        addresses=_each(data, ("vip", "addresses"), addresses.virtual),
        virtual_router_id=router_id if isinstance(router_id, int) else None,
        profile=profile if isinstance(profile, str) else defaults.DEFAULT_PROFILE,
        version=_found(data, ("vip", "version"), _version),
        interval=_found(data, ("vip", "advert_interval"), units.duration),
        preempt=_get(data, "vip", "preempt") is True,
        extra=_found(data, ("vip", "keepalived_extra"), _text),
    )


def _guest(data: object, number: int) -> DraftGuest:
    trail: Trail = ("guests", number)
    written = _get(data, *trail, "addresses")
    found = _each(data, (*trail, "addresses"), addresses.on_guest)
    return DraftGuest(
        trail=trail,
        name=_found(data, (*trail, "name"), names.guest),
        addresses=found,
        management=_each(data, (*trail, "management_addresses"), addresses.on_guest),
        mac=_found(data, (*trail, "mac"), addresses.mac),
        filter=_given(data, (*trail, "filter")),
        placement=_given(data, (*trail, "placement")),
        whole=isinstance(written, list) and 0 < len(written) == len(found),
    )


def _port_groups(data: object) -> frozenset[str]:
    """Return the names of the port groups that guests are plugged into."""
    guests = _get(data, "guests")
    common = _get(data, "port_group")
    named = (
        _get(data, "guests", number, "port_group") or common
        for number in range(len(guests) if isinstance(guests, list) else 0)
    )
    return frozenset(name for name in named if isinstance(name, str))


def _gateways(data: object) -> tuple[Found[Address], ...]:
    if isinstance(_get(data, "gateway"), list):
        return _each(data, ("gateway",), addresses.host)
    single = _found(data, ("gateway",), addresses.host)
    return (single,) if single is not None else ()


def _each(data: object, trail: Trail, parse: Callable[[object], T]) -> tuple[Found[T], ...]:
    values = _get(data, *trail)
    count = len(values) if isinstance(values, list) else 0
    found = (_found(data, (*trail, number), parse) for number in range(count))
    return tuple(one for one in found if one is not None)


def _found(data: object, trail: Trail, parse: Callable[[object], T]) -> Found[T] | None:
    value = _get(data, *trail)
    if value is None:
        return None
    try:
        return Found(value=parse(value), trail=trail)
    except Mistaken:
        return None


def _given(data: object, trail: Trail) -> Trail | None:
    """Return the way to a key, where it is given a value."""
    return trail if _get(data, *trail) is not None else None


def _get(data: object, *trail: str | int) -> object:
    for step in trail:
        match data, step:
            case dict(), str():
                data = data.get(step)
            case list(), int():
                data = data[step]
            case _:
                return None
    return data


def _version(value: object) -> int:
    match value:
        case 2 | 3 if isinstance(value, int):
            return value
        case _:
            raise Mistaken(f"{value} is no version of VRRP", "Write 2 or 3")


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    raise Mistaken("must be text", "Write text")
