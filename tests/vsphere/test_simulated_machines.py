"""What our simulator adds for machines and their guests behaves as VMware's API reference says."""

from collections.abc import Iterator
from typing import Any

import pytest
from pyVmomi import vim

from vipprov.guest.errors import HypervisorError
from vipprov.hv.vsphere import collect, extra, place, tasks
from vsphere.reach import Reached, reached
from vsphere.simulator import Simulator

pytestmark = pytest.mark.vsphere

NAME = "of-the-simulator"


@pytest.fixture
def found(simulator: Simulator) -> Iterator[Reached]:
    with reached(simulator) as open_:
        yield open_


@pytest.fixture
def machine(found: Reached) -> Iterator[Any]:
    made = created(found)
    yield made
    if made.runtime.powerState == "poweredOn":
        tasks.run(found.session, "turn it off", made.PowerOffVM_Task)
    tasks.run(found.session, "remove it", made.Destroy_Task)


def created(found: Reached) -> Any:  # noqa: ANN401  the SDK's own type
    where = place.anywhere(found.session)
    files = vim.vm.FileInfo(vmPathName=f"[{where.datastore}]")
    config = vim.vm.ConfigSpec(name=NAME, guestId="otherGuest64", files=files)
    return tasks.run(
        found.session, "make it", lambda: where.folder.CreateVM_Task(config, where.pool)
    )


def reconfigured(found: Reached, machine: Any, **spec: Any) -> None:  # noqa: ANN401
    change = vim.vm.ConfigSpec(**spec)
    tasks.run(found.session, "change it", lambda: machine.ReconfigVM_Task(change))


def test_name_that_is_taken_in_the_folder_is_refused(found: Reached, machine: Any) -> None:  # noqa: ANN401
    assert machine.name == NAME
    with pytest.raises(HypervisorError) as raised:
        created(found)
    assert "DuplicateName" in raised.value.details


def test_value_is_replaced_and_an_empty_one_removes_its_key(found: Reached, machine: Any) -> None:  # noqa: ANN401
    for text in ("one", "two"):
        reconfigured(found, machine, extraConfig=extra.options({"vipprov.x": text}))
    values = [one.value for one in machine.config.extraConfig if one.key == "vipprov.x"]
    assert values == ["two"]
    reconfigured(found, machine, extraConfig=extra.options({"vipprov.x": ""}))
    assert "vipprov.x" not in {one.key for one in machine.config.extraConfig}


def test_old_change_version_is_refused(found: Reached, machine: Any) -> None:  # noqa: ANN401
    old = machine.config.changeVersion
    reconfigured(found, machine, changeVersion=old, annotation="one")
    with pytest.raises(HypervisorError) as raised:
        reconfigured(found, machine, changeVersion=old, annotation="two")
    assert "ConcurrentAccess" in raised.value.details
    assert machine.config.annotation == "one"


def disk_of(machine: Any) -> Any:  # noqa: ANN401
    kind = vim.vm.device.VirtualDisk
    (disk,) = (one for one in machine.config.hardware.device if isinstance(one, kind))
    return disk


def test_clone_shares_no_device_with_its_template(found: Reached) -> None:
    every = collect.everything(found.session, vim.VirtualMachine, ["name", "config.template"])
    (template,) = (one.reference for one in every if one["name"] == "debian-12")
    assert template.config.template
    before = str(template.config.hardware.device)
    where = place.anywhere(found.session)
    spec = vim.vm.CloneSpec(
        location=vim.vm.RelocateSpec(pool=where.pool), powerOn=False, template=False
    )
    clone = tasks.run(
        found.session, "clone it", lambda: template.CloneVM_Task(where.folder, NAME, spec)
    )
    try:
        own, other = (disk_of(each).backing.fileName for each in (template, clone))
        assert own != other
        assert str(template.config.hardware.device) == before
    finally:
        tasks.run(found.session, "remove it", clone.Destroy_Task)


def test_host_without_vcenter_clones_nothing(esxi: Simulator) -> None:
    with reached(esxi) as found:
        where = place.anywhere(found.session)
        every = collect.everything(found.session, vim.VirtualMachine, ["name"])
        (source,) = (one.reference for one in every if one["name"] == "debian-12")
        spec = vim.vm.CloneSpec(
            location=vim.vm.RelocateSpec(pool=where.pool), powerOn=False, template=False
        )
        with pytest.raises(HypervisorError) as raised:
            tasks.run(
                found.session, "clone it", lambda: source.CloneVM_Task(where.folder, NAME, spec)
            )
        assert "NotSupported" in raised.value.details


def test_tools_run_a_while_after_power_on_and_let_in_who_knows_the_password(
    found: Reached,
    machine: Any,  # noqa: ANN401
    simulator: Simulator,
) -> None:
    simulator.order(guests={"program": ["/bin/true"], "password": "right", "seconds": 0.3})
    kind = vim.vm.guest.NamePasswordAuthentication
    right = kind(username="root", password="right", interactiveSession=False)  # noqa: S106
    wrong = kind(username="root", password="wrong", interactiveSession=False)  # noqa: S106
    processes = found.session.content.guestOperationsManager.processManager
    spec = vim.vm.guest.ProcessManager.ProgramSpec(programPath="/bin/sh", arguments="")
    with pytest.raises(vim.fault.InvalidPowerState):
        processes.StartProgramInGuest(machine, right, spec)
    tasks.run(found.session, "turn it on", machine.PowerOnVM_Task)
    with pytest.raises(vim.fault.GuestOperationsUnavailable):
        processes.StartProgramInGuest(machine, right, spec)
    found.session.by.poll(lambda: machine.guest.guestOperationsReady or None, what="its tools")
    with pytest.raises(vim.fault.InvalidGuestLogin):
        processes.StartProgramInGuest(machine, wrong, spec)
    number = processes.StartProgramInGuest(machine, right, spec)

    def code() -> int | None:
        (one,) = processes.ListProcessesInGuest(machine, right, [number])
        return None if one.endTime is None else 1 + (one.exitCode or 0)

    assert found.session.by.poll(code, what="the program to end") == 1
