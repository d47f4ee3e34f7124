"""Ports of other tools' containers, opened and given back, and judged by packets."""

import json
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from subprocess import CalledProcessError

import pytest

from lab import foreign, portprobe, wire
from lab.command import vipprov
from lab.containers import virsh
from lab.dying import DyingBridges, DyingSession, KilledError
from lab.foreign import MAC, Foreign
from lab.portprobe import VMAC, Seen
from vipprov.guest.errors import HypervisorError, SpecError
from vipprov.hv.libvirtd.portgroup import LibvirtPortGroups
from vipprov.hv.libvirtd.session import Session

pytestmark = pytest.mark.lab

THEIRS = "<x:note xmlns:x='urn:of-another-tool'>a &amp; b<!-- kept --></x:note>"


@pytest.fixture(scope="module")
def container() -> Iterator[Foreign]:
    interface = f"<port isolated='yes'/>{foreign.CLEAN_TRAFFIC}"
    with foreign.container(interface, metadata=THEIRS) as made:
        yield made


@pytest.fixture
def machine(container: Foreign) -> Iterator[Foreign]:
    with container.put_back():
        container.set_flags(isolated="on")
        yield container


@pytest.fixture
def groups() -> Iterator[LibvirtPortGroups]:
    with Session("lxc:///system") as session:
        yield LibvirtPortGroups(session)


def snapshot(machine: Foreign) -> tuple[str, ...]:
    """Return all that may not be changed for good: configuration, binding, flags, filters."""
    return (
        ET.canonicalize(machine.configuration(), with_comments=True),
        ET.canonicalize(machine.binding()),
        machine.flags(),
        *machine.generated_filters(),
    )


def measured(machine: Foreign) -> Seen:
    with wire.client(machine.bridge) as client, wire.port_of(machine.pid, "eth0") as guest:
        return portprobe.measure(guest, client)


def test_clean_traffic_kills_the_vip_permit_revives_it_live_and_restore_closes_again(
    machine: Foreign, groups: LibvirtPortGroups
) -> None:
    before = snapshot(machine)
    assert not measured(machine).is_vip_alive
    groups.permit(machine.name, MAC, (VMAC,))
    opened = measured(machine)
    assert opened.is_vip_alive
    assert opened.own
    assert opened.own_ip
    assert {opened.third_arp, opened.third_ip, opened.forged_arp} == {False}
    groups.restore(machine.name, MAC)
    assert snapshot(machine) == before
    assert not measured(machine).is_vip_alive


def test_permitted_port_stays_open_over_a_power_cycle(
    machine: Foreign, groups: LibvirtPortGroups
) -> None:
    before = snapshot(machine)
    groups.permit(machine.name, MAC, (VMAC,))
    machine.power_cycle()
    assert measured(machine).is_vip_alive
    groups.restore(machine.name, MAC)
    assert snapshot(machine) == before
    machine.power_cycle()
    assert not measured(machine).is_vip_alive


@pytest.mark.parametrize("verb", ["permit", "restore"])
def test_run_that_is_killed_before_any_change_can_be_repeated_and_undone(
    verb: str, machine: Foreign, groups: LibvirtPortGroups
) -> None:
    before = snapshot(machine)
    killed = 0
    while killed_before(killed + 1, verb, machine, groups):
        killed += 1
        opened = groups.permit(machine.name, MAC, (VMAC,))
        assert opened.passes == {VMAC}, killed
        assert opened.obstacles == (), killed
        groups.restore(machine.name, MAC)
        assert snapshot(machine) == before, killed
    assert killed > len(("record", "filter", "configuration", "unbound", "bound"))


def killed_before(change: int, verb: str, machine: Foreign, groups: LibvirtPortGroups) -> bool:
    """Kill the verb before this change of it; say whether it has so many."""
    if verb == "restore":
        groups.permit(machine.name, MAC, (VMAC,))
    with DyingSession("lxc:///system", before=change) as session:
        dying = LibvirtPortGroups(session, bridges=DyingBridges(session))
        try:
            if verb == "restore":
                dying.restore(machine.name, MAC)
            else:
                dying.permit(machine.name, MAC, (VMAC,))
        except KilledError:
            return True
    groups.restore(machine.name, MAC)
    return False


def test_filter_that_others_refer_to_is_reported_and_not_torn_away(
    machine: Foreign, groups: LibvirtPortGroups
) -> None:
    groups.permit(machine.name, MAC, (VMAC,))
    (name,) = machine.generated_filters()
    with pytest.raises(HypervisorError, match="remove the filter"):
        groups.remove_filter(name)
    assert measured(machine).is_vip_alive
    groups.restore(machine.name, MAC)


def test_command_shows_permits_and_restores(machine: Foreign) -> None:
    before = snapshot(machine)
    shown = vipprov("portgroup", "show", machine.bridge, "--json").document
    (port,) = shown["port_group"]["ports"]
    assert (port["machine"], port["forged_transmits"]) == (machine.name, "reject")
    dry = vipprov("portgroup", "permit", machine.name, "--vrid", "50", "--dry-run", "--json")
    assert dry.document["change"]["macs"] == [VMAC]
    assert snapshot(machine) == before
    permitted = vipprov("portgroup", "permit", machine.name, "--vrid", "50", "--ipv6", "--json")
    assert permitted.document["passes"] == [VMAC, "00:00:5e:00:02:32"]
    shown_text = vipprov("portgroup", "show", machine.name).out
    assert "opened by vipprov; before: filter clean-traffic (IP=192.0.2.11)" in shown_text
    (restored,) = json.loads(vipprov("portgroup", "restore", machine.name, "--json").out)
    assert restored["record"] is None
    assert snapshot(machine) == before
    assert vipprov("portgroup", "restore", machine.name).code == 0


def test_macvtap_network_is_refused_with_the_reason(
    tmp_path: Path, groups: LibvirtPortGroups, machine: Foreign
) -> None:
    name = f"net-{machine.bridge}"
    file = tmp_path / "network.xml"
    for mode, hope in (
        ("bridge", False),
        ("vepa", False),
        ("private", False),
        ("passthrough", True),
    ):
        forward = f"<forward mode='{mode}'><interface dev='{machine.device}'/></forward>"
        file.write_text(f"<network><name>{name}</name>{forward}</network>")
        virsh("net-define", str(file))
        try:
            if hope:
                groups.refuse_hopeless(name)
            else:
                with pytest.raises(SpecError, match=f"{mode} mode never delivers"):
                    groups.refuse_hopeless(name)
        finally:
            virsh("net-undefine", name)


def test_nic_that_was_started_without_a_filter_gets_one_at_its_next_start(
    groups: LibvirtPortGroups,
) -> None:
    with foreign.container("") as bare:
        name = f"vipprov-{bare.name}"
        groups.add_filter(name, MAC, (VMAC,))
        try:
            with pytest.raises(HypervisorError, match="started without a filter"):
                groups.set_filter(bare.name, MAC, name)
            bare.power_cycle()
            assert groups.set_filter(bare.name, MAC, name).passes == {VMAC}
            assert not measured(bare).third_arp
            groups.set_filter(bare.name, MAC, None)
            bare.power_cycle()
            assert measured(bare).third_arp
        finally:
            with suppress(CalledProcessError):
                virsh("destroy", bare.name)
            virsh("undefine", bare.name)
            groups.remove_filter(name)
