"""Settings that a profile could have, each with a pair of its own on one switch."""

from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_interface

from factories import make_guest, make_pair, make_vip
from vipprov.guest.pair import Pair

_FIRST_VRID = 101


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """How often the owner speaks, and the priorities of the first two guests."""

    milliseconds: int
    priorities: tuple[int, int] = (254, 253)
    version: int = 3

    @property
    def name(self) -> str:
        """How tables call it."""
        first, second = self.priorities
        return f"v{self.version}, {self.milliseconds} ms, {first}/{second}"

    def pair(self, number: int) -> Pair:
        """Return a pair with these settings, and addresses that no other number has."""
        net, router = f"10.60.{number}", _FIRST_VRID + number
        vip = make_vip(
            addresses=(ip_interface(f"{net}.50/24"),),
            virtual_router_id=router,
            vrrp_version=self.version,
            advert_interval=timedelta(milliseconds=self.milliseconds),
        )
        guests = tuple(
            make_guest(
                place,
                name=f"c{number}-{place}",
                addresses=(ip_interface(f"{net}.{50 + place}/24"),),
                mac=f"52:54:00:60:{number:02x}:{place:02x}",
                priority=priority,
            )
            for place, priority in enumerate(self.priorities, start=1)
        )
        return make_pair(name=f"c{number}", vip=vip, guests=guests)


CANDIDATES = (
    Candidate(milliseconds=1000, priorities=(50, 50), version=2),  # the article
    Candidate(milliseconds=1000, priorities=(254, 244)),
    Candidate(milliseconds=1000),
    Candidate(milliseconds=200),
    Candidate(milliseconds=100),
    Candidate(milliseconds=50),
    Candidate(milliseconds=30),
    Candidate(milliseconds=10),
)
FEW = CANDIDATES[2:6]
"""Enough to see that a soak works."""
