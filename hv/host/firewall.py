"""Read the forwarding chains of this machine, by whichever program knows them."""

from vipprov.guest.deadline import Deadline
from vipprov.hv.host import bridgefilter
from vipprov.hv.host.bridgefilter import BridgeFilter, Chain
from vipprov.hv.host.trial import run

LEGACY = (("iptables-legacy", "ip"), ("ip6tables-legacy", "ip6"))


def read(*, by: Deadline) -> BridgeFilter:
    """Return the switches, and the chains where a switch makes them matter."""
    on = bridgefilter.switches()
    return BridgeFilter(on=on, chains=_chains(by) if on else ())


def _chains(by: Deadline) -> tuple[Chain, ...] | None:
    """Return the chains of both generations of the packet filter; None if the newer is unread."""
    listing = _output(("nft", "--json", "list", "chains"), by)
    if listing is None:
        return None
    legacy = ((_output((name, "-S", "FORWARD"), by), family) for name, family in LEGACY)
    found = [bridgefilter.parse_iptables(text, family) for text, family in legacy if text]
    return (*bridgefilter.parse_nft(listing), *(chain for chains in found for chain in chains))


def _output(argv: tuple[str, ...], by: Deadline) -> str | None:
    try:
        completed = run(argv, by=by)
    except FileNotFoundError:
        return None
    return completed.stdout if completed and completed.returncode == 0 else None
