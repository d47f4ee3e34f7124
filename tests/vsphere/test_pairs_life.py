"""Runs on vSphere that are killed, that fail, or that meet one another: the end is the same."""

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from project import ROOT
from vipprov.guest.deadline import Deadline, SystemClock
from vipprov.hv import marktext
from vipprov.hv.vsphere import extra
from vsphere.acted import MISDEEDS
from vsphere.pairs import PASSWORD, Scene, staged, told

pytestmark = pytest.mark.vsphere

VIPPROV = ROOT / ".venv" / "bin" / "vipprov"
PLACES = [("vcenter", "DC0_DVPG0"), ("esxi", "esxi-app")]


@pytest.fixture(params=PLACES, ids=["vCenter", "host alone"])
def scene(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Scene]:
    kind, group = request.param
    with staged(request.getfixturevalue(kind), group, tmp_path) as found:
        yield found


@pytest.mark.parametrize("method", ["ReconfigVM_Task", "PowerOnVM_Task"])
def test_run_that_is_killed_is_gone_on_with_and_leaves_the_same(scene: Scene, method: str) -> None:
    before = scene.policies()
    scene.simulator.inject(method, "delay", seconds=8, nth=2)
    with subprocess.Popen(
        [VIPPROV, "vm", "create", scene.path],
        env=scene.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as run:
        by = Deadline.after(40, clock=SystemClock())
        by.poll(lambda: is_begun(scene) or None, what="a machine to be there")
        os.kill(run.pid, signal.SIGKILL)
    assert any(name.endswith(".vipprov-claim") for name in scene.seen())
    made = scene.create()
    assert made.code == 1, made.err
    assert "this could not be looked at" in made.err
    machines = scene.seen()
    assert tuple(sorted(machines)) == scene.guests
    assert all(marktext.load(told(one)[extra.MARK]).ready for one in machines.values())
    gone = scene.vm("destroy", scene.name, "--yes")
    assert (gone.code, scene.seen(), scene.policies()) == (0, {}, before), gone.err


def is_begun(scene: Scene) -> bool:
    return any(name in scene.guests for name in scene.seen())


def test_guest_that_fails_takes_all_back(scene: Scene) -> None:
    before = scene.policies()
    (scene.path.parent / MISDEEDS).touch()
    failed = scene.create()
    assert failed.code == 6, failed.err
    assert "cloud-init is switched off" in failed.err
    assert PASSWORD not in failed.err
    assert (scene.seen(), scene.policies()) == ({}, before)
    assert [rule for rule in scene.rules() if scene.name in rule.name] == []


def test_port_group_stays_open_until_the_last_of_its_pairs_goes(scene: Scene) -> None:
    before = scene.policies()
    first = scene.create()
    assert first.document["proof"]["pair"] == scene.name, first.err
    opened = scene.policies()
    assert opened != before
    other = scene.beside()
    try:
        second = other.create()
        assert second.document["proof"]["pair"] == other.name, second.err
        assert scene.vm("destroy", scene.name, "--yes").code == 0
        assert scene.policies() == opened
    finally:
        other.vm("destroy", other.name, "--yes")
    assert scene.policies() == before


def test_seed_that_is_too_big_is_refused_before_anything_is_made(scene: Scene) -> None:
    own = scene.path.with_name("user.yaml")
    noise = os.urandom(64 * 1024).hex()
    own.write_text(f"#cloud-config\nwrite_files:\n- {{path: /root/noise, content: '{noise}'}}\n")
    scene.path.write_text(f"{scene.path.read_text()}cloud_config: user.yaml\n")
    refused = scene.create()
    assert refused.code == 2
    assert "userdata is too big for vSphere" in refused.err
    assert scene.seen() == {}


def test_without_a_password_nothing_is_made(scene: Scene) -> None:
    scene.path.write_text(scene.path.read_text().replace("password: env:GUEST_PASSWORD\n", ""))
    refused = scene.create()
    assert (refused.code, scene.seen()) == (2, {})
    assert "needs a `password:`" in refused.err


def test_template_that_is_not_there_is_named(scene: Scene) -> None:
    scene.path.write_text(scene.path.read_text().replace("image: debian-12", "image: nonesuch"))
    refused = scene.vm("plan", scene.path)
    assert refused.code == 3
    assert "There is no template 'nonesuch'" in refused.err
