"""Whether this machine's packet filter meets what its bridges only pass on.

With br_netfilter loaded, `bridge-nf-call-iptables` sends bridged packets through the FORWARD chain;
where a container engine has set that to DROP, guests on one bridge cannot reach one another.
"""

from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

SWITCHES = Path("/proc/sys/net/bridge")
# Which families' chains a switch sends bridged packets through.
CALLS = {
    "bridge-nf-call-iptables": ("ip", "inet"),
    "bridge-nf-call-ip6tables": ("ip6", "inet"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """A chain that packets on their way through this machine meet."""

    family: str
    table: str
    name: str
    drops: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BridgeFilter:
    """The switches that are on, and the forwarding chains; None where they cannot be read."""

    on: tuple[str, ...]
    chains: tuple[Chain, ...] | None

    @property
    def cuts(self) -> tuple[str, ...]:
        """Return the chains that cut bridged guests off, in words."""
        families = {family for switch in self.on for family in CALLS[switch]}
        return tuple(
            f"{chain.family} {chain.table} {chain.name}"
            for chain in self.chains or ()
            if chain.drops and chain.family in families
        )


def switches(folder: Path = SWITCHES) -> tuple[str, ...]:
    """Return the switches that are on; without br_netfilter there are none."""
    paths = (folder / name for name in CALLS)
    return tuple(path.name for path in paths if path.is_file() and path.read_text().strip() == "1")


class _Chain(BaseModel):
    model_config = ConfigDict(extra="ignore")

    family: str
    table: str
    name: str
    hook: str = ""
    policy: str = ""


class _Entry(BaseModel):
    model_config = ConfigDict(extra="ignore")

    chain: _Chain | None = None


class _Listing(BaseModel):
    nftables: list[_Entry] = Field(default_factory=list)


def parse_nft(text: str) -> tuple[Chain, ...]:
    """Return the forwarding chains of `nft --json list chains`."""
    chains = (entry.chain for entry in _Listing.model_validate_json(text).nftables)
    return tuple(
        Chain(family=chain.family, table=chain.table, name=chain.name, drops=chain.policy == "drop")
        for chain in chains
        if chain is not None and chain.hook == "forward"
    )


def parse_iptables(text: str, family: str) -> tuple[Chain, ...]:
    """Return the forwarding chain of `iptables -S FORWARD`."""
    return tuple(
        Chain(family=family, table="filter", name="FORWARD", drops=line.split()[2] == "DROP")
        for line in text.splitlines()
        if line.startswith("-P FORWARD ")
    )
