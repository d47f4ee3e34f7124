"""Look from clients of a pair: hosts in network namespaces of this machine."""

from collections.abc import Sequence

from vipprov.guest.deadline import Deadline
from vipprov.guest.observation import ClientObservation
from vipprov.guest.pair import Pair
from vipprov.pipelines.sidebyside import each


def namespaces(pair: Pair, names: Sequence[str], by: Deadline) -> tuple[ClientObservation, ...]:
    """Return what each client believes of the virtual addresses, and which of them it reaches."""
    if not names:
        return ()
    from vipprov.hv import client  # noqa: PLC0415  netlink is loaded only where it is used

    vips = tuple(one.ip for one in pair.vip.addresses)
    return each(dict.fromkeys(names), lambda name: client.observe(name, vips, by=by), by=by)
