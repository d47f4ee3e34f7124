"""What holds where the file says nothing."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from vipprov.guest.pair import MoveBudget

VRRP2, VRRP3 = 2, 3
_PAIR = 2
VIP_NIC, MANAGEMENT_NIC = "vip", "management"


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Timers that fit together. The guests' priorities begin at `first` and fall by `step`.

    A step down costs 1/256 of the interval at a fail-over. Heirs that are too close to one another
    would take over at once; of two guests only one is ever an heir, so one step is enough.
    """

    advert_interval: timedelta
    garp_refresh: timedelta
    version: int
    first: int = 254
    step: int = 10

    def priority(self, place: int, *, of: int) -> int:
        """Return the priority of the guest in this place of so many."""
        step = min(self.step, 1) if of == _PAIR else self.step
        return max(1, self.first - step * place)


_SECOND, _MINUTE = timedelta(seconds=1), timedelta(minutes=1)
_FAST = timedelta(milliseconds=100)

DEFAULT_PROFILE = "safe"
PROFILES = {
    "safe": Profile(advert_interval=_SECOND, garp_refresh=_MINUTE, version=VRRP3),
    "fast": Profile(advert_interval=_FAST, garp_refresh=_MINUTE, version=VRRP3),
    # The article gives all guests the same priority: keepalived then decides by address.
    "article": Profile(
        advert_interval=_SECOND, garp_refresh=_MINUTE, version=VRRP2, first=50, step=0
    ),
}


def version(profile: Profile, *, interval: timedelta, with_ipv6: bool) -> int:
    """Return the profile's version of VRRP, or 3 where 2 cannot say what is asked for."""
    return VRRP3 if with_ipv6 or not interval_fits(VRRP2, interval) else profile.version


def interval_fits(vrrp_version: int, interval: timedelta) -> bool:
    """Say whether adverts of this version can carry the interval (RFC 3768, RFC 9568 §5.2)."""
    second, hundredth = timedelta(seconds=1), timedelta(milliseconds=10)
    if vrrp_version == VRRP2:
        return not interval % second and second <= interval <= 255 * second
    return not interval % hundredth and hundredth <= interval <= 4095 * hundredth


def mac(*, pair: str, guest: str, nic: str, on_vsphere: bool = False) -> str:
    """Return the MAC that this NIC gets in every run: of the range that QEMU and libvirt use.

    On vSphere it is of the range that VMware leaves to MACs set by hand, 00:50:56:00 to :3f.
    """
    first, *others = hashlib.sha256(f"{pair}/{guest}/{nic}".encode()).digest()[:3]
    prefix, first = ("00:50:56", first & 0x3F) if on_vsphere else ("52:54:00", first)
    return ":".join((prefix, *(f"{octet:02x}" for octet in (first, *others))))


def budget(profile: str) -> MoveBudget:
    """Return how many MAC moves these switches take.

    RFC 7432 §15.1, FRR, Cumulus, Junos, EOS and NX-OS call a MAC duplicate at its fifth move within
    180 s; measured with FRR.
    """
    return MoveBudget(profile=profile, moves=4, window=timedelta(seconds=180))
