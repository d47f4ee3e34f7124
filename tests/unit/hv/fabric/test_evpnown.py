import pytest

from vipprov.hv.fabric import evpnown
from vipprov.hv.fabric.bridgeplan import Link

HOST = {
    link.name: link
    for link in (
        Link(name="blue-leaf1", kind="bridge", alias="vipprov:evpn:blue"),
        Link(name="mine", kind="bridge"),
        Link(name="up", kind="veth", alias="vipprov:evpn:red", master="mine"),
        Link(name="leaf1", kind="bridge", alias="vipprov:lab:lab"),
    )
}


@pytest.mark.parametrize(
    ("bridge", "lab"), [("blue-leaf1", "blue"), ("mine", "red"), ("leaf1", None), ("none", None)]
)
def test_bridge_is_a_labs_by_its_alias_or_by_what_is_plugged_in(
    bridge: str, lab: str | None
) -> None:
    assert evpnown.lab_of(bridge, HOST) == lab
