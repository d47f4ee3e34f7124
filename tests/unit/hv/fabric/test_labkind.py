import pytest

from vipprov.hv.fabric import bridgeplan, evpnown, labkind
from vipprov.hv.fabric.bridgeplan import Link
from vipprov.hv.fabric.labkind import Kind

BRIDGE = Link(name="blue-leaf1", kind="bridge", alias="vipprov:lab:blue")
EVPN = Link(name="blue-leaf1", kind="bridge", alias="vipprov:evpn:blue")
BRIDGE_REMNANT = Link(name="blue-leaf1", kind="bridge", group=bridgeplan.GROUP)
EVPN_REMNANT = Link(name="blue-leaf1", kind="bridge", group=evpnown.GROUP)


@pytest.mark.parametrize(
    ("link", "kind"),
    [
        (BRIDGE, Kind.BRIDGE),
        (BRIDGE_REMNANT, Kind.BRIDGE),
        (EVPN, Kind.EVPN),
        (EVPN_REMNANT, Kind.EVPN),
        (Link(name="blue-leaf1", kind="bridge"), None),
    ],
)
def test_a_link_tells_its_kind_by_alias_or_group(link: Link, kind: Kind | None) -> None:
    assert labkind.judge("blue", {link.name: link}, namespaces=()) is kind
    assert labkind.judge("green", {link.name: link}, namespaces=()) is None


def test_a_namespace_is_evpn() -> None:
    assert labkind.judge("blue", {}, namespaces=("vipprov-blue-vtep1",)) is Kind.EVPN
