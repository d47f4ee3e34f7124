"""A pair on vSphere from the command line: made, unchanged, gone, with the policy as it was.

What is beyond the simulator is not shown here: that a frame gets anywhere.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from vipprov.cloudinit import schema
from vipprov.cloudinit.seed import Seed
from vipprov.guest.deadline import Deadline, SystemClock
from vipprov.hv import marktext
from vipprov.hv.vsphere import collect, extra
from vsphere.acted import decoded
from vsphere.pairs import PASSWORD, Scene, staged, told

pytestmark = pytest.mark.vsphere

PLACES = [("vcenter", "DC0_DVPG0"), ("vcenter", "app"), ("esxi", "esxi-app")]


@pytest.fixture(params=PLACES, ids=["distributed", "standard", "host alone"])
def scene(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Scene]:
    kind, group = request.param
    with staged(request.getfixturevalue(kind), group, tmp_path) as found:
        yield found


def test_pair_is_made_stays_unchanged_and_leaves_nothing(scene: Scene) -> None:
    before = scene.policies()
    planned = scene.vm("plan", scene.path, "--json")
    assert planned.code == 0, planned.err
    assert [one["action"] for one in planned.document["actions"]][:2] == ["make", "make"]
    assert scene.seen() == {}

    made = scene.create()
    assert made.code == 1, made.err
    assert "this could not be looked at: " in made.err
    assert "has no bridge on this machine to observe from. Run it on a Linux machine" in made.err
    assert PASSWORD not in made.out + made.err
    verdicts = {check["verdict"] for check in made.document["proof"]["checks"]}
    assert verdicts == {"pass", "unknown"}, made.out
    machines = scene.seen()
    assert tuple(sorted(machines)) == scene.guests
    assert_made(scene, machines)
    assert scene.policies() != before
    assert_apart(scene, machines)

    again = scene.create()
    assert (again.code, again.document["result"]) == (1, "unchanged"), again.err
    assert scene.vm("plan", scene.path, "--exit-code").code == 0

    gone = scene.vm("destroy", scene.name, "--yes")
    assert gone.code == 0, gone.err
    assert scene.seen() == {}
    assert scene.policies() == before
    assert [rule for rule in scene.rules() if scene.name in rule.name] == []


def assert_made(scene: Scene, machines: Mapping[str, collect.Read]) -> None:
    """See that each machine is marked, plugged in and sized as the pair file says."""
    for name, machine in machines.items():
        mark = marktext.load(told(machine)[extra.MARK])
        assert (mark.pair, mark.guest, mark.ready) == (scene.name, name, True)
        ((kind, mac, group),) = scene.plugged(machine)
        assert (kind.rpartition(".")[2], group) == ("VirtualVmxnet3", scene.group)
        assert mac.startswith("00:50:56:")
        hardware = machine["config.hardware"]
        assert (hardware.numCPU, hardware.memoryMB) == (2, 1024)


def assert_apart(scene: Scene, machines: Mapping[str, collect.Read]) -> None:
    """See that DRS has the rule wherever there is a cluster."""
    rules = [rule for rule in scene.rules() if scene.name in rule.name]
    if scene.group == "esxi-app":
        assert rules == []
        return
    (rule,) = rules
    assert type(rule).__name__.endswith("AntiAffinityRuleSpec")
    assert rule.enabled
    assert set(rule.vm) == {one.reference for one in machines.values()}


def test_guestinfo_is_what_cloud_init_accepts_and_nothing_else_is_secret(scene: Scene) -> None:
    made = scene.create()
    assert made.code == 1, made.err
    for machine in scene.seen().values():
        values = told(machine)
        seed = Seed(
            meta_data=decoded(values, "metadata"),
            user_data=decoded(values, "userdata"),
            network_config="",
            vendor_data=decoded(values, "vendordata"),
        )
        meta = yaml.safe_load(seed.meta_data)
        assert meta["redact"] == ["vendordata"]
        (nic,) = meta["network"]["ethernets"].values()
        assert nic["match"]["macaddress"].startswith("00:50:56:")
        by = Deadline.after(60, clock=SystemClock())
        assert schema.validate(seed, by)
        assert schema.validate(replace(seed, user_data=seed.vendor_data), by)
        assert "$2y$" not in seed.user_data + seed.meta_data
        (root,) = yaml.safe_load(seed.vendor_data)["chpasswd"]["users"]
        assert (root["name"], root["password"][:4]) == ("root", "$2y$")
        assert PASSWORD not in str(machine.properties)
