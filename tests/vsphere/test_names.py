"""Names as people write them: with a slash, beyond ASCII, and one name for two things."""

import os
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from pyVmomi import vim

from lab.command import Ended, vipprov
from vipprov.guest.errors import SpecError
from vipprov.hv.vsphere import birth, place
from vipprov.hv.vsphere.find import Finder
from vsphere.reach import Reached, reached
from vsphere.simulator import Simulator, started

pytestmark = pytest.mark.vsphere

# vSphere keeps three characters of a name as %xx: ManagedEntity, "name".
KEPT = {"app/db": "app%2fdb", "100%": "100%25", "Zürich-北": "Zürich-北"}
CENTER = "Nord/Süd"


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    """Yield a vCenter with such names, and with one name in two datacenters."""
    for simulator in started("vcenter", tmp_path_factory.mktemp("names")):
        with reached(simulator) as found:
            here = found.reference(found.group("open")).config.distributedVirtualSwitch
            add(found, here, [*KEPT.values(), "twin"])
            add(found, second_switch(found), ["twin"])
        yield simulator


def second_switch(found: Reached) -> Any:  # noqa: ANN401  the SDK's own type
    """Make a datacenter with a slash in its name, and a switch in it."""
    center = found.session.content.rootFolder.CreateDatacenter("Nord%2fSüd")
    config = vim.DistributedVirtualSwitch.ConfigSpec(name="DVS-north")
    spec = vim.DistributedVirtualSwitch.CreateSpec(configSpec=config)
    return ended(found, center.networkFolder.CreateDVS_Task(spec))


def add(found: Reached, switch: Any, names: list[str]) -> None:  # noqa: ANN401
    spec = vim.dvs.DistributedVirtualPortgroup.ConfigSpec
    specs = [spec(name=name, type="earlyBinding", numPorts=4) for name in names]
    ended(found, switch.AddDVPortgroup_Task(specs))


def ended(found: Reached, task: Any) -> Any:  # noqa: ANN401
    """Return what the task has made."""
    ends = {"success", "error"}
    found.session.by.poll(lambda: str(task.info.state) in ends or None, what="a task")
    assert str(task.info.state) == "success", task.info.error
    return task.info.result


def run(simulator: Simulator, *words: str, url: str = "") -> Ended:
    environment = {**os.environ, **simulator.environment}
    return vipprov("portgroup", *words, url or simulator.url, environment=environment)


@pytest.mark.parametrize("name", KEPT)
def test_port_group_goes_by_the_name_that_people_know(named: Simulator, name: str) -> None:
    shown = run(named, "show", name, "--json", "--on")
    assert [one["name"] for one in shown.document] == [name]
    for verb in ("permit", "restore"):
        done = run(named, verb, name, "--on")
        assert done.code == 0, done.err
        assert name in done.out


@pytest.mark.parametrize("written", [quote(CENTER, safe=""), "Nord%2fSüd"])
def test_datacenter_with_a_slash_is_written_with_2f(named: Simulator, written: str) -> None:
    done = run(named, "list", "--json", url=f"{named.url}/{written}")
    assert done.code == 0, done.err
    assert "twin" in [one["name"] for one in done.document]


def test_name_on_two_switches_is_refused_with_their_keys_and_a_key_is_enough(
    named: Simulator,
) -> None:
    refused = run(named, "permit", "twin", "--on")
    assert refused.code == 2
    assert "twin is the name of port groups on several switches." in refused.err
    assert "Name one by its key." in refused.err
    keys = [line.split(": ")[1] for line in refused.err.splitlines() if ": dvportgroup-" in line]
    assert len(keys) == 2
    assert [run(named, "permit", key, "--dry-run", "--on").code for key in keys] == [0, 0]


def test_machine_on_several_port_groups_is_asked_which(named: Simulator) -> None:
    with reached(named) as found:
        (machine,) = [
            one
            for one in found.session.content.rootFolder.childEntity[0].vmFolder.childEntity
            if one.name == "DC0_H0_VM0"
        ]
        group = found.group("open")
        switch = found.reference(group).config.distributedVirtualSwitch
        ended(found, machine.ReconfigVM_Task(with_nic(switch.uuid, group.key)))
    refused = run(named, "permit", "DC0_H0_VM0", "--on")
    assert refused.code == 2
    assert "DC0_H0_VM0 is on 2 port groups." in refused.err
    assert "Name the one that carries the virtual address." in refused.err


def with_nic(switch: str, key: str) -> object:
    """Return what plugs a machine into one more port group."""
    card = vim.vm.device.VirtualVmxnet3(
        key=-1,
        backing=vim.vm.device.VirtualEthernetCard.DistributedVirtualPortBackingInfo(
            port=vim.dvs.PortConnection(switchUuid=switch, portgroupKey=key)
        ),
    )
    change = vim.vm.device.VirtualDeviceSpec(operation="add", device=card)
    return vim.vm.ConfigSpec(deviceChange=[change])


def test_machine_and_template_that_share_their_name_are_refused(named: Simulator) -> None:
    with reached(named, datacenter="DC0") as found:
        where = place.anywhere(found.session)
        for folder in (where.folder, where.folder.CreateFolder("other")):
            files = vim.vm.FileInfo(vmPathName=f"[{where.datastore}]")
            config = vim.vm.ConfigSpec(name="double", guestId="otherGuest64", files=files)
            ended(found, folder.CreateVM_Task(config, where.pool))
        with pytest.raises(SpecError, match="There are 2 machines called double") as machine:
            Finder(found.session).named("double")
        with pytest.raises(SpecError, match="There are 2 templates or machines called double"):
            birth.template(found.session, "double")
    assert machine.value.exit_code == 2
    assert "Rename the others" in machine.value.hint


def test_name_of_nothing_says_where_names_are_listed(named: Simulator) -> None:
    done = run(named, "show", "nonesuch", "--on")
    assert done.code == 3
    assert "There is no port group and no machine nonesuch." in done.err
    assert "portgroup list URL" in done.err


def test_clone_of_a_port_group_with_a_slash_has_one_too(named: Simulator) -> None:
    with reached(named) as found:
        group = found.group("app/db")
        found.groups.clone(group, "app/db-vip")
    assert [one["name"] for one in run(named, "show", "app/db-vip", "--json", "--on").document] == [
        "app/db-vip"
    ]
