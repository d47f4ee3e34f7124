"""The port-group commands on libvirt, where a policy belongs to each single port."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from vipprov.pipelines.cli import opened
from vipprov.pipelines.cli.output import emit

if TYPE_CHECKING:
    from vipprov.hv.portgroup import PortGroups

SECONDS = 60.0


def macs(*, vrid: Sequence[int] | None, ipv6: bool, mac: Sequence[str] | None) -> tuple[str, ...]:
    """Return the MACs that are to be let out, or say what is wrong with them."""
    from vipprov.pipelines import portgroup

    return portgroup.wanted_macs(router_ids=vrid or (), over_ipv6=ipv6, macs=mac or ())


def show(uri: str, name: str, *, as_json: bool) -> None:
    """Show the ports of a bridge, a network or a machine."""
    from vipprov.pipelines import portgroup, portwords

    with _port_groups(uri) as port_groups:
        shown = portgroup.show(port_groups, name)
    emit(portwords.shown_document(shown), as_json=as_json, text=portwords.shown_text(shown))


def permit(
    uri: str,
    machine: str,
    wanted: tuple[str, ...],
    *,
    nic: str | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Open the port of a machine for these MACs."""
    from vipprov.pipelines import portgroup, portwords

    with _port_groups(uri) as port_groups:
        if dry_run:
            opening = portgroup.preview(port_groups, machine, wanted, nic=nic)
            document, text = portwords.opening_document(opening), portwords.opening_text(opening)
        else:
            port = portgroup.permit(port_groups, machine, wanted, nic=nic)
            (document,), text = portwords.ports_document((port,)), portwords.ports_text((port,))
    emit(document, as_json=as_json, text=text)


def restore(uri: str, machine: str, *, nic: str | None, as_json: bool) -> None:
    """Give the ports of a machine back as they were."""
    from vipprov.pipelines import portgroup, portwords

    with _port_groups(uri) as port_groups:
        ports = portgroup.restore(port_groups, machine, nic=nic)
    unchanged = f"{machine}: no port was opened by vipprov; nothing was changed."
    text = portwords.ports_text(ports) if ports else unchanged
    emit(portwords.ports_document(ports), as_json=as_json, text=text)


@contextmanager
def _port_groups(uri: str) -> Iterator["PortGroups"]:
    with opened.hypervisor(uri, seconds=SECONDS) as hypervisor:
        yield hypervisor.port_groups
