"""What is compared: our profiles, plain keepalived, and the article's own settings."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from vipprov.guest import pairfile
from vipprov.guest.pair import Pair
from vipprov.guest.pairfile import defaults

LAB = "msr"
LEAFS = tuple(f"{LAB}-leaf{number}" for number in (1, 2, 3))
REMOTE = LEAFS[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A pair on the first two leafs, with these keys under `vip`."""

    name: str
    number: int
    profile: str | None = None
    vip: dict[str, Any] = field(default_factory=dict)
    priorities: tuple[int, ...] = ()
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """How tables call it."""
        if self.profile is None:
            return "plain keepalived"
        default = self.profile == defaults.DEFAULT_PROFILE
        return f"`{self.profile}`{', the default' if default else ''}"

    @property
    def text(self) -> str:
        """The pair file."""
        net = f"10.61.{self.number}"
        guests: list[dict[str, Any]] = [
            {
                "name": f"{self.name}-{place}",
                "addresses": [f"{net}.{50 + place}/24"],
                "port_group": LEAFS[place - 1],
            }
            for place in (1, 2)
        ]
        for guest, priority in zip(guests, self.priorities, strict=False):
            guest["priority"] = priority
        profile = {} if self.profile is None else {"profile": self.profile}
        vip = {"addresses": [f"{net}.50/24"], "virtual_router_id": self.number}
        made = {
            "name": self.name,
            "port_group": LEAFS[0],
            "vip": vip | profile | self.vip,
            "guests": guests,
            # The lab calls no MAC a duplicate.
            "fabric": {"moves": 1000, "window": "180s"},
            **self.more,
        }
        return yaml.safe_dump(made, sort_keys=False)

    @property
    def pair(self) -> Pair:
        """What the pair file comes to."""
        return pairfile.parse(self.text.encode(), path=Path(f"{self.name}.yaml"))

    @property
    def settings(self) -> str:
        """The settings that an outage depends on."""
        vip = self.pair.vip
        priorities = "/".join(str(guest.priority) for guest in self.pair.guests)
        return (
            f"v{vip.vrrp_version}, {vip.advert_interval.total_seconds() * 1000:.0f} ms, "
            f"{priorities}{'' if vip.vmac else ', no vMAC'}"
        )


SUBJECTS = (
    Subject(name="mrsafe", profile="safe", number=211),
    Subject(name="mrfast", profile="fast", number=212),
    Subject(name="mrart", profile="article", number=213, more={"policy": "article"}),
    # What keepalived does where its configuration says nothing of it.
    Subject(
        name="mrplain",
        number=214,
        vip={"vmac": False, "version": 2, "advert_interval": "1s", "garp_refresh": "0s"},
        priorities=(100, 100),
    ),
)
