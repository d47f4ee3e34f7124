"""A pair as one names it on a command line: with the hypervisor, where it is not the default."""

from vipprov.guest.pair import Pair
from vipprov.guest.pairfile import hypervisors


def named(pair: Pair) -> str:
    """Return the name and, if it is needed, the option that says where the pair is."""
    return f"{pair.name}{option(pair.hypervisor)}"


def option(uri: str) -> str:
    """Return the option that a command needs to look on this hypervisor; none for the default."""
    return "" if uri == hypervisors.DEFAULT else f" --on {uri}"
