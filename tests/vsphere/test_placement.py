"""A pair is put where its file says, and what is there already is left where it is."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pyVmomi import vim

from vipprov.hv.vsphere import collect
from vsphere.lives import created, destroyed, left, settle, told
from vsphere.pairs import Scene, staged
from vsphere.reach import Reached, reached
from vsphere.simulator import Simulator, started

pytestmark = pytest.mark.vsphere

WHERE = ("resourcePool", "parent", "datastore", "runtime.host")


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    """Yield a vCenter with folders, pools and a host's own datastore, some of one name."""
    folder = tmp_path_factory.mktemp("placement")
    for simulator in started("vcenter", folder, "-task-delay", "1ms"):
        with reached(simulator) as found:
            machines = named(found, vim.Datacenter, "DC0").vmFolder
            for name in ("Production", "Test"):
                machines.CreateFolder(name).CreateFolder("web")
            for compute in ("DC0_C0", "DC0_H0"):
                root = named(found, vim.ComputeResource, compute).resourcePool
                root.CreateResourcePool("web", spec_of(root))
            (folder / "local-1").mkdir()
            host = named(found, vim.HostSystem, "DC0_C0_H0")
            store = host.configManager.datastoreSystem
            store.CreateLocalDatastore(name="local-1", path=str(folder / "local-1"))
        yield simulator


def spec_of(pool: Any) -> Any:  # noqa: ANN401  the SDK's own type
    shares = vim.SharesInfo(level="normal", shares=4000)
    each = vim.ResourceAllocationInfo(
        reservation=0, limit=-1, expandableReservation=True, shares=shares
    )
    return type(pool.config)(cpuAllocation=each, memoryAllocation=each)


@pytest.fixture
def scene(furnished: Simulator, tmp_path: Path) -> Iterator[Scene]:
    with staged(furnished, "DC0_DVPG0", tmp_path) as found:
        yield found


def named(found: Reached, kind: type, name: str) -> Any:  # noqa: ANN401  the SDK's own type
    every = collect.everything(found.session, kind, ["name"])
    return next(one.reference for one in every if one["name"] == name)


def place(scene: Scene, whole: str, *, second: str = "") -> None:
    """Let the pair file say where its guests go, and the second of them."""
    lines = [one for one in scene.path.read_text().splitlines() if "placement:" not in one]
    if second:
        at = next(number for number, one in enumerate(lines) if f"{scene.name}-2" in one)
        lines[at] = lines[at].replace("]}", f"], placement: {{{second}}}}}")
    scene.path.write_text("\n".join((*lines, f"placement: {{{whole}}}", "")))


def whereabouts(scene: Scene) -> list[dict[str, str]]:
    """Return of each guest where it is, by names."""
    with reached(scene.simulator) as found:
        every = collect.everything(found.session, vim.VirtualMachine, ("name", *WHERE))
        mine = sorted(
            (one for one in every if one["name"] in scene.guests), key=lambda one: str(one["name"])
        )
        return [
            {
                "cluster": one["runtime.host"].parent.name,
                "host": one["runtime.host"].name,
                "pool": one["resourcePool"].name,
                "folder": one["parent"].name,
                "above": one["parent"].parent.name,
                "datastore": ", ".join(store.name for store in one["datastore"]),
            }
            for one in mine
        ]


def test_without_a_placement_a_machine_goes_where_its_template_is(scene: Scene) -> None:
    settle(scene)
    assert [(one["cluster"], one["pool"], one["folder"]) for one in whereabouts(scene)] == [
        ("DC0_C0", "Resources", "vm")
    ] * 2


def test_pair_goes_where_its_file_says(scene: Scene) -> None:
    place(
        scene,
        "cluster: DC0_C0, resource_pool: web, folder: Production/web",
        second="host: DC0_C0_H0, datastore: local-1",
    )
    before = left(scene)
    settle(scene)
    first, second = whereabouts(scene)
    for one in (first, second):
        assert (one["cluster"], one["pool"]) == ("DC0_C0", "web")
        assert (one["above"], one["folder"]) == ("Production", "web")
    assert first["datastore"] == "LocalDS_0"
    assert (second["host"], second["datastore"]) == ("DC0_C0_H0", "local-1")
    assert plan(scene)["notes"] == []
    assert destroyed(scene) is None
    assert left(scene) == before


def test_pair_goes_to_a_host_without_a_cluster(scene: Scene) -> None:
    place(scene, "host: DC0_H0, resource_pool: web")
    settle(scene)
    assert [(one["host"], one["pool"]) for one in whereabouts(scene)] == [("DC0_H0", "web")] * 2
    assert plan(scene)["actions"] == []


def plan(scene: Scene) -> dict[str, Any]:
    done = scene.vm("plan", scene.path, "--json")
    assert done.code == 0, done.err
    return dict(done.document)


def test_all_that_cannot_be_had_is_told_before_anything_is_made(scene: Scene) -> None:
    before = left(scene)
    place(scene, "cluster: DC0_C1, folder: web", second="host: DC0_H0, datastore: local-1")
    for done in (scene.vm("plan", scene.path), scene.create()):
        assert done.code == 2, done.err
        assert "What `placement:` says cannot be had, so nothing is made." in done.err
        for wrong in (
            "no cluster is called DC0_C1; there is /DC0/host/DC0_C0",
            "the folder web may be any of 2: /DC0/vm/Production/web, /DC0/vm/Test/web",
            "DC0_H0 does not have the datastore /DC0/datastore/local-1",
        ):
            assert done.err.count(wrong) == 1, done.err
    assert left(scene) == before


def test_what_is_merely_not_there_is_not_found(scene: Scene) -> None:
    place(scene, "cluster: DC0_C1, datastore: ssd")
    done = scene.vm("plan", scene.path)
    assert done.code == 3, done.err
    assert "there is /DC0/datastore/LocalDS_0, /DC0/datastore/local-1" in done.err


def test_host_in_maintenance_is_refused(scene: Scene) -> None:
    with reached(scene.simulator) as found:
        host = named(found, vim.HostSystem, "DC0_C0_H1")
        found.session.call("begin", lambda: host.EnterMaintenanceMode_Task(0))
        found.session.by.poll(lambda: host.runtime.inMaintenanceMode or None, what="maintenance")
        place(scene, "host: DC0_C0_H1")
        done = scene.vm("plan", scene.path)
        host.ExitMaintenanceMode_Task(0)
    assert done.code == 2, done.err
    assert "the host /DC0/host/DC0_C0/DC0_C0_H1 is in maintenance mode" in done.err


def test_changed_placement_moves_nobody_and_the_plan_says_so(scene: Scene) -> None:
    settle(scene)
    before = whereabouts(scene)
    place(scene, "folder: Production/web, cluster: DC0_C0", second="datastore: local-1")
    planned = plan(scene)
    assert (planned["actions"], planned["changed"]) == ([], False)
    stays = "stays where it is, whatever `placement:` says now: it is not in the folder"
    first, second = planned["notes"]
    assert first == f"{scene.guests[0]} {stays} /DC0/vm/Production/web"
    assert second == (
        f"{scene.guests[1]} stays where it is, whatever `placement:` says now: it is not in the"
        " datastore /DC0/datastore/local-1; it is not in the folder /DC0/vm/Production/web"
    )
    shown = scene.vm("plan", scene.path, "--exit-code")
    assert shown.code == 0, shown.err
    assert shown.out.startswith(f"{scene.name}: unchanged\n  {scene.guests[0]} stays where it is")
    again = scene.create()
    assert again.document["result"] == "unchanged", again.err
    assert f"{scene.guests[0]} stays where it is" in again.err
    assert whereabouts(scene) == before


def test_pair_whose_cluster_was_renamed_stays_and_is_told(scene: Scene) -> None:
    settle(scene)
    place(scene, "cluster: Renamed")
    notes = plan(scene)["notes"]
    assert len(notes) == 2
    assert "no cluster is called Renamed; there is /DC0/host/DC0_C0" in notes[0]


def test_what_a_replacement_cannot_have_is_told_before_the_old_machine_goes(scene: Scene) -> None:
    settle(scene)
    before = left(scene)
    text = scene.path.read_text().replace("cpus: 2", "cpus: 1")
    for change, wrong in (
        ("placement: {folder: nonesuch}\n", "no folder is called nonesuch"),
        ("image: nonesuch\n", "There is no template 'nonesuch'."),
    ):
        kept = text.replace("image: debian-12\n", "") if "image" in change else text
        scene.path.write_text(kept + change)
        refused = scene.create("--replace")
        assert refused.code == 3, refused.err
        assert wrong in refused.err
        assert left(scene) == before


def test_failed_run_takes_back_what_it_put_elsewhere(scene: Scene) -> None:
    before = left(scene)
    place(scene, "folder: Test/web", second="host: DC0_C0_H0, datastore: local-1")
    scene.simulator.inject("CloneVM_Task", "InvalidState", nth=2)
    error = created(scene)
    assert error is not None
    assert "InvalidState" in told(error)
    assert left(scene) == before


def test_host_alone_has_pools_and_datastores_and_no_more(esxi: Simulator, tmp_path: Path) -> None:
    with staged(esxi, "esxi-app", tmp_path) as scene:
        place(scene, "cluster: DC0_C0, folder: web")
        refused = scene.vm("plan", scene.path)
        assert refused.code == 3, refused.err
        assert "no cluster is called DC0_C0; there is none at all" in refused.err
        place(scene, "datastore: LocalDS_0, host: localhost.localdomain, resource_pool: Resources")
        settle(scene)
        assert [one["datastore"] for one in whereabouts(scene)] == ["LocalDS_0"] * 2
