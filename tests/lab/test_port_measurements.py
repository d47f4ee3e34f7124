"""What each arrangement of a libvirt port lets through, and that we judge it as it is.

UPDATE_GOLDEN=1 writes the table of docs/measurements/libvirt-ports.md anew.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lab import foreign, portprobe, wire
from lab.arrangements import ARRANGEMENTS, Arrangement, arrange, filters_of
from lab.foreign import MAC, Foreign
from lab.portprobe import VMAC, Seen
from vipprov.guest.check import Verdict
from vipprov.guest.pair import Setting
from vipprov.hv.libvirtd import carriage
from vipprov.hv.libvirtd.portgroup import LibvirtPortGroups
from vipprov.hv.libvirtd.session import Session

pytestmark = pytest.mark.lab

DOCUMENT = Path(__file__).parents[2] / "docs" / "measurements" / "libvirt-ports.md"
MACVTAP_MODES = {
    "bridge": "bridge",
    "vepa": "vepa",
    "private": "private",
    "passthrough": "passthru",
}


@pytest.fixture(scope="module")
def machine() -> Iterator[Foreign]:
    with foreign.container() as made, filters_of(made):
        yield made


@pytest.fixture(scope="module")
def groups() -> Iterator[LibvirtPortGroups]:
    with Session("lxc:///system") as session:
        yield LibvirtPortGroups(session)


@pytest.fixture(scope="module")
def rows(machine: Foreign, groups: LibvirtPortGroups) -> dict[str, Seen]:
    """Measure every arrangement, and hold our own judgement against it."""
    found = {}
    with wire.client(machine.bridge) as client, wire.port_of(machine.pid, "eth0") as guest:
        for arrangement in ARRANGEMENTS:
            arrange(machine, arrangement)
            found[arrangement.name] = seen = portprobe.measure(guest, client)
            assert judged(groups, machine.name) == expected(seen), arrangement.name
    for mode, kernel_mode in MACVTAP_MODES.items():
        with wire.macvtap(kernel_mode, MAC) as (guest_end, far_end):
            found[f"macvtap, {mode}"] = seen = portprobe.measure(guest_end, far_end)
            can_carry = carriage.of_macvtap(mode).verdict is Verdict.PASS
            assert can_carry is seen.is_vip_alive is seen.to_vmac, mode
    # What libvirt does to a macvtap whose guest it trusts, and whose guest asks for everything.
    with wire.macvtap("bridge", MAC, promisc="on") as (guest_end, far_end):
        found["macvtap, bridge, promiscuous"] = portprobe.measure(guest_end, far_end)
    return found


def test_ports_are_judged_as_packets_find_them(rows: dict[str, Seen]) -> None:
    assert len(rows) > len(ARRANGEMENTS) + len(MACVTAP_MODES)


def test_table_in_the_documentation_is_what_was_measured(rows: dict[str, Seen]) -> None:
    portprobe.table(rows).hold(DOCUMENT, "measured")


def test_two_isolated_ports_hear_nothing_of_each_other(machine: Foreign) -> None:
    machine.bind(None)
    with wire.client(machine.bridge) as client, wire.port_of(machine.pid, "eth0") as guest:
        for device in (machine.device, f"{machine.bridge}p"):
            foreign.run("bridge", "link", "set", "dev", device, "isolated", "on")
        guest.send(*portprobe.OUT.values())
        client.send(portprobe.TO_OWN)
        with pytest.raises(TimeoutError):
            client.until(portprobe.OUT["own"], patience=0.5)
        with pytest.raises(TimeoutError):
            guest.until(portprobe.TO_OWN, patience=0.5)


@pytest.mark.parametrize("learning", ["on", "off"])
def test_virtual_mac_that_moves_to_a_port_is_found_there_only_if_the_port_learns(
    machine: Foreign, learning: str
) -> None:
    arrange(machine, Arrangement(name="moved", flags={"learning": learning}))
    with wire.client(machine.bridge) as client, wire.port_of(machine.pid, "eth0") as guest:
        client.send(portprobe.OUT["vmac_arp"])  # where it is at first
        guest.send(portprobe.OUT["vmac_arp"], portprobe.LAST_OUT)
        client.until(portprobe.LAST_OUT)
        client.send(portprobe.TO_VMAC, portprobe.LAST_IN)
        heard = guest.until(portprobe.LAST_IN)
    assert wire.arrived(portprobe.TO_VMAC, heard) is (learning == "on")


def judged(groups: LibvirtPortGroups, machine: str) -> tuple[bool, bool, bool]:
    """Return our judgement: forged transmits, promiscuous, and whether a vIP lives.

    What keeps it from living elsewhere, later, or after a move is not measured here.
    """
    (port,) = groups.ports(machine)
    elsewhere = ("isolated", "From the next start on", "a virtual MAC that moves")
    return (
        port.settings.forged_transmits is Setting.ACCEPT,
        port.settings.promiscuous is Setting.ACCEPT,
        all(any(words in o for words in elsewhere) for o in port.obstacles)
        and (port.settings.forged_transmits is Setting.ACCEPT or VMAC in port.passes),
    )


def expected(seen: Seen) -> tuple[bool, bool, bool]:
    return seen.third_arp and seen.third_ip, seen.to_vmac, seen.is_vip_alive
