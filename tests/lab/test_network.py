"""A port group may be a network of libvirt's as well as a bare bridge."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.client import plugged
from lab.command import vipprov
from lab.conftest import document, write
from lab.containers import virsh

pytestmark = [pytest.mark.lab, pytest.mark.usefixtures("leaves")]

NETWORK = (
    "<network><name>vipprov-test</name><forward mode='bridge'/><bridge name='leaf1'/></network>"
)


@pytest.fixture
def network(tmp_path: Path) -> Iterator[str]:
    definition = tmp_path / "network.xml"
    definition.write_text(NETWORK)
    try:
        virsh("net-define", str(definition))
        virsh("net-start", "vipprov-test")
        yield "vipprov-test"
    finally:
        virsh("net-destroy", "vipprov-test")
        virsh("net-undefine", "vipprov-test")


def test_pair_on_a_network_answers_on_its_bridge(network: str, tmp_path: Path) -> None:
    guests = [
        {"name": f"netted-{number}", "addresses": [f"10.50.72.5{number}/24"]} for number in (1, 2)
    ]
    made = document("netted", number=22, port_group=network, guests=guests)
    try:
        done = vipprov("vm", "create", write(tmp_path / "pair.yaml", made))
        assert done.code == 0, done.err + done.out
        with plugged("leaf3", "10.50.72.99/24") as client:
            assert client.pings("10.50.72.50")
    finally:
        vipprov("vm", "destroy", "netted", "--yes")
