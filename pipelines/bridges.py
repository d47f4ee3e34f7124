"""The bridges of this machine that the port groups of a pair stand for."""

from collections.abc import Iterator
from contextlib import contextmanager

from vipprov.guest.check import Verdict
from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import HypervisorError, MissingError
from vipprov.guest.pair import Pair
from vipprov.hv.vantage import Vantage, Vantages
from vipprov.pipelines import ports
from vipprov.pipelines.ports import ShowsPorts


def vantages(pair: Pair, port_groups: ShowsPorts, *, by: Deadline) -> Vantages:
    """Return vantage points on the bridges of this machine that the port groups stand for."""

    @contextmanager
    def opened(name: str) -> Iterator[Vantage]:
        from vipprov.hv import observer  # noqa: PLC0415  netlink is loaded only where it is used

        with observer.plugged(of(pair, port_groups, name), by=by) as vantage:
            yield vantage

    return opened


def of(pair: Pair, port_groups: ShowsPorts, name: str) -> str:
    """Return the bridge of this machine that the port group stands for."""
    # A guest's own port tells it sooner than the port group, which looks at every machine.
    for guest in pair.guests:
        if guest.port_group == name:
            for port in ports.under_vip(guest, port_groups):
                if port.bridge is not None:
                    return port.bridge
    group = port_groups.show(name)
    if group is None:
        raise MissingError(f"There is no port group {name!r} to observe from.")
    if group.bridge is None:
        raise HypervisorError(
            f"{name!r} has no bridge on this machine to observe from.",
            hint=group.reason if group.can_carry is Verdict.PASS else "",
        )
    return group.bridge


def every(pair: Pair, port_groups: ShowsPorts) -> dict[str, str]:
    """Return the bridges that the pair's port groups stand for; those without one are left out."""
    found = {}
    for name in dict.fromkeys(guest.port_group for guest in pair.guests):
        try:
            found[name] = of(pair, port_groups, name)
        except (MissingError, HypervisorError):
            continue  # the check of what is seen from there says why
    return found
