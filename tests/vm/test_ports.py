"""What each port of a real VM lets through, with a macvlan in the guest as keepalived makes one.

UPDATE_GOLDEN=1 writes the tables of docs/measurements/libvirt-ports.md anew.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab import portprobe, wire
from lab.arrangements import ARRANGEMENTS, arrange, filters_of
from lab.foreign import ADDRESS
from lab.portprobe import THIRD, Seen
from measured import Table
from vipprov.guest.check import Verdict
from vipprov.hv.libvirtd import carriage
from vm.portvm import Macvtap, PortVm, booted

pytestmark = [pytest.mark.vm, pytest.mark.timeout(600)]

DOCUMENT = Path(__file__).parents[2] / "docs" / "measurements" / "libvirt-ports.md"
MODES = ("bridge", "vepa", "private", "passthrough")
MACVTAPS = tuple(Macvtap(mode=mode, trusted=trusted) for mode in MODES for trusted in (False, True))
TO_THIRD = wire.ipv4(wire.CLIENT_MAC, wire.CLIENT_ADDRESS, to_mac=THIRD, to=ADDRESS)
LAST = wire.arp(wire.CLIENT_MAC, wire.CLIENT_MAC, wire.CLIENT_ADDRESS) + b"last"


@pytest.fixture(scope="module")
def vm() -> Iterator[PortVm]:
    with booted(MACVTAPS) as made:
        yield made


@pytest.fixture(scope="module")
def bridged(vm: PortVm) -> dict[str, Seen]:
    """Measure every arrangement of the port on a bridge."""
    found = {}
    with wire.client(vm.bridged.bridge) as client, filters_of(vm.bridged):
        for arrangement in ARRANGEMENTS:
            arrange(vm.bridged, arrangement)
            found[f"virtio, {arrangement.name}"] = portprobe.measure(vm.nic(0), client)
    return found


@pytest.fixture(scope="module")
def tapped(vm: PortVm) -> dict[str, Seen]:
    """Measure every kind of macvtap."""
    return {
        macvtap.name: portprobe.measure(vm.nic(number), vm.far_ends[macvtap.name])
        for number, macvtap in enumerate(MACVTAPS, start=1)
    }


def test_port_of_a_vm_lets_through_what_that_of_a_container_does(bridged: dict[str, Seen]) -> None:
    text = DOCUMENT.read_text()
    for name, seen in bridged.items():
        row = f"| {name.removeprefix('virtio, ')} | {' | '.join(seen.words())} |"
        assert row in text


def test_macvtaps_are_judged_as_packets_find_them(tapped: dict[str, Seen]) -> None:
    for macvtap in MACVTAPS:
        verdict = carriage.of_macvtap(macvtap.mode).verdict
        assert (verdict is Verdict.PASS) is tapped[macvtap.name].is_vip_alive, macvtap.name


def test_table_in_the_documentation_is_what_was_measured(
    bridged: dict[str, Seen], tapped: dict[str, Seen]
) -> None:
    portprobe.table(bridged | tapped).hold(DOCUMENT, "measured on a VM")


def test_promiscuity_of_virtio_is_what_the_documentation_shows(vm: PortVm) -> None:
    nic = vm.nic(0)
    rows = {}
    with wire.client(vm.bridged.bridge) as client:
        for macvlan in ("without", "with"):
            for promisc in ("off", "on"):
                nic.run("ip", "link", "set", "v0", "up" if macvlan == "with" else "down")
                nic.run("ip", "link", "set", "eth0", "promisc", promisc)
                name = f"{macvlan} macvlan, promisc {promisc}"
                rows[name] = [counter(vm), *into(vm, client)]
    nic.run("ip", "link", "set", "eth0", "promisc", "off")
    head = ("virtio NIC", "promiscuity counter", "to own MAC", "to vMAC", "to a third MAC")
    Table(head=head, rows=rows).hold(DOCUMENT, "promiscuity measured on a VM")


def counter(vm: PortVm) -> str:
    (link,) = json.loads(vm.nic(0).run("ip", "-d", "-j", "link", "show", "dev", "eth0"))
    return str(link["promiscuity"])


def into(vm: PortVm, client: wire.Port) -> list[str]:
    """Say which frames from the bridge the guest gets to see."""
    vm.bridged.forget_macs()
    frames = (portprobe.TO_OWN, portprobe.TO_VMAC, TO_THIRD)
    client.send(*frames, LAST)
    heard = vm.nic(0).until(LAST)
    return ["yes" if wire.arrived(frame, heard) else "**no**" for frame in frames]
