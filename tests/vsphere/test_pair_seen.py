"""A pair on vSphere that is there: listed, shown, verified, struck by faults and healed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pyVmomi import vim

from vipprov.guest.deadline import Deadline, SystemClock
from vipprov.guest.errors import GuestError
from vipprov.guest.fault import Fault
from vipprov.guest.pair import Guest
from vipprov.hv.machine import Power
from vipprov.hv.vsphere import collect
from vipprov.hv.vsphere.machineread import cards
from vipprov.pipelines import faults
from vsphere.lives import connected, request, settle
from vsphere.pairs import Scene, staged
from vsphere.reach import reached

pytestmark = pytest.mark.vsphere

PLACES = [("vcenter", "DC0_DVPG0"), ("esxi", "esxi-app")]


@pytest.fixture(params=PLACES, ids=["vCenter", "host alone"])
def scene(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Scene]:
    kind, group = request.param
    with staged(request.getfixturevalue(kind), group, tmp_path) as found:
        settle(found)
        yield found


def state(scene: Scene, name: str) -> tuple[str, bool]:
    """Return the power of a machine, and whether its cable is plugged in."""
    paths = ["name", "runtime.powerState", "config.hardware.device"]
    with reached(scene.simulator) as found:
        every = collect.everything(found.session, vim.VirtualMachine, paths)
    (machine,) = (one for one in every if one["name"] == name)
    (card,) = cards(machine["config.hardware.device"])
    return str(machine["runtime.powerState"]), bool(card.connectable.connected)


def first(scene: Scene) -> Guest:
    return request(scene).pair.guests[0]


@pytest.mark.parametrize(
    ("fault", "struck"),
    [
        (Fault.POWER, ("poweredOff", True)),
        (Fault.CRASH, ("poweredOff", True)),
        (Fault.LINK, ("poweredOn", False)),
    ],
)
def test_fault_befalls_a_guest_and_is_healed(
    scene: Scene, fault: Fault, struck: tuple[str, bool]
) -> None:
    guest, by = first(scene), Deadline.after(30, clock=SystemClock())
    with connected(scene) as hypervisor:
        faults.strike(fault, guest, hypervisor, by=by)
        assert state(scene, guest.name) == struck
        for _ in range(2):
            faults.heal(fault, guest, hypervisor, by=by)
            assert state(scene, guest.name) == ("poweredOn", True)


def test_what_vsphere_cannot_do_is_said(scene: Scene) -> None:
    by = Deadline.after(30, clock=SystemClock())
    with connected(scene) as hypervisor, pytest.raises(GuestError, match="no port on this machine"):
        faults.strike(Fault.ISOLATE, first(scene), hypervisor, by=by)


@pytest.mark.parametrize("fault", ["power", "link"])
def test_failover_strikes_nobody_where_it_could_not_measure(scene: Scene, fault: str) -> None:
    done = scene.run("failover", scene.name, "--fault", fault)
    assert done.code == 4, done.err
    assert f"Nothing can be seen from {scene.group}." in done.err
    assert "has no bridge on this machine to observe from" in done.err
    assert "Traceback" not in done.err
    assert state(scene, first(scene).name) == ("poweredOn", True)


def test_pair_is_listed_and_shown(scene: Scene) -> None:
    (listed,) = [one for one in scene.vm("list", "--json").document if one["pair"] == scene.name]
    assert [(one["name"], one["power"], one["ready"]) for one in listed["machines"]] == [
        (name, "on", True) for name in scene.guests
    ]
    shown = scene.vm("show", scene.name)
    assert shown.code == 0, shown.err
    assert "vIP 10.50.50.50/24  VRID 50  vMAC 00:00:5e:00:01:32" in shown.out
    assert f"eth0  {first(scene).mac}  {scene.group}\n" in shown.out
    assert "filter" not in shown.out
    assert scene.vm("show", scene.name, "--json").document["virtual_macs"]


def test_verify_and_show_tell_what_the_port_group_does_and_for_whom(scene: Scene) -> None:
    seen = scene.run("verify", scene.name)
    assert seen.code == 1, seen.err
    assert "forged transmits accept" in seen.out
    assert "no filter" not in seen.out
    if scene.group == "DC0_DVPG0":  # a host alone keeps it on its machines
        shown = scene.run("portgroup", "show", scene.group, "--on", scene.simulator.url)
        assert f"opened for the pair {scene.name}" in shown.out


def test_ssh_says_why_a_guest_is_not_reached(scene: Scene) -> None:
    done = scene.vm("ssh", first(scene).name, "true")
    assert done.code == 255, done.err  # ssh's own
    assert f"Nothing answers on port 22 of {first(scene).name}" in done.err
    assert "must be reachable from this machine" in done.err


def test_guest_that_is_off_is_told(scene: Scene) -> None:
    name = first(scene).name
    with connected(scene) as hypervisor:
        hypervisor.machines.set_power(name, Power.OFF)
    assert f"{name} off" in scene.vm("list").out
    seen = scene.run("verify", scene.name, "--explain")
    assert seen.code == 1, seen.err
    assert name in seen.out
    assert "Traceback" not in seen.err


def test_verify_names_a_port_group_that_somebody_closed(scene: Scene) -> None:
    with connected(scene) as hypervisor:
        assert hypervisor.switches is not None
        for group in (one for one in hypervisor.switches.all() if one.name == scene.group):
            assert group.record is not None
            hypervisor.switches.write(group, group.record.before)
    seen = scene.run("verify", scene.name, "--explain")
    assert seen.code == 1, seen.err
    assert f"{scene.group} rejects forged transmits" in seen.out or "no frame to the" in seen.out
    assert scene.vm("plan", scene.path, "--exit-code").code == 9
