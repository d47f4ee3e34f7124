from pathlib import Path

import pytest

from vipprov.guest.check import Verdict
from vipprov.hv.host import cgroups, checks
from vipprov.hv.host.cgroups import Cgroups, Layout

V1 = "30 22 0:26 / /sys/fs/cgroup/memory rw,relatime shared:1 - cgroup cgroup rw,memory\n"
UNIFIED = "31 22 0:27 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n"
V2 = "32 22 0:28 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n"
ROOT = "22 1 254:0 / / rw,relatime - ext4 /dev/vda rw\n"


@pytest.mark.parametrize(
    ("mounts", "layout"),
    [
        (ROOT + V1, Layout.V1),
        (ROOT + V1 + UNIFIED, Layout.HYBRID),
        (ROOT + V2, Layout.V2),
        (ROOT, Layout.NONE),
        ("", Layout.NONE),
    ],
)
def test_the_layout_is_read_from_the_mount_table(mounts: str, layout: Layout) -> None:
    assert cgroups.parse(mounts) is layout


@pytest.mark.parametrize(
    ("seen", "verdict"),
    [
        (Cgroups(layout=Layout.V2, seen_by_libvirt=None), Verdict.PASS),
        (Cgroups(layout=Layout.V1, seen_by_libvirt=Layout.V1), Verdict.PASS),
        (
            Cgroups(
                layout=Layout.HYBRID, seen_by_libvirt=Layout.V1, unified_controllers=("hugetlb",)
            ),
            Verdict.PASS,
        ),
        (
            Cgroups(
                layout=Layout.HYBRID,
                seen_by_libvirt=Layout.HYBRID,
                unified_controllers=("hugetlb",),
            ),
            Verdict.FAIL,
        ),
        (
            Cgroups(layout=Layout.HYBRID, seen_by_libvirt=None, unified_controllers=("hugetlb",)),
            Verdict.FAIL,
        ),
        # systemd's own hybrid layout keeps all controllers with version 1.
        (Cgroups(layout=Layout.HYBRID, seen_by_libvirt=Layout.HYBRID), Verdict.PASS),
        (Cgroups(layout=Layout.NONE, seen_by_libvirt=None), Verdict.FAIL),
    ],
)
def test_what_counts_is_what_libvirt_sees(seen: Cgroups, verdict: Verdict) -> None:
    assert checks.control_groups(seen).verdict is verdict


def test_the_daemon_is_asked_for_its_own_view(tmp_path: Path) -> None:
    for pid, name, mounts in (("7", "bash", V2), ("8", "libvirtd", V1), ("9", "self", V2)):
        process = tmp_path / pid
        process.mkdir()
        (process / "comm").write_text(f"{name}\n")
        (process / "mountinfo").write_text(mounts)
    (tmp_path / "self").symlink_to("7")
    (tmp_path / "10").mkdir()
    seen = cgroups.read(tmp_path, tmp_path / "cgroup")
    assert seen == Cgroups(layout=Layout.V2, seen_by_libvirt=Layout.V1)
