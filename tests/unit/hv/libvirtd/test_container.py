"""A container's layer holds its secrets for root alone, and goes without a trace."""

import os
from pathlib import Path

import pytest

from fakes.clock import FakeClock
from vipprov.cloudinit.seed import Seed
from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import HypervisorError
from vipprov.hv.libvirtd import container

SEED = Seed(meta_data="m", user_data="canary-77", network_config="n")


def test_layer_has_the_seed_where_cloud_init_looks_for_it(tmp_path: Path) -> None:
    container.make_layer(tmp_path / "web-1", SEED)
    there = tmp_path / "web-1/upper/var/lib/cloud/seed/nocloud"
    assert {file.name: file.read_text() for file in there.iterdir()} == dict(SEED.files())


def test_nobody_but_root_gets_at_the_seed(tmp_path: Path) -> None:
    container.make_layer(tmp_path / "web-1", SEED)
    assert (tmp_path / "web-1").stat().st_mode & 0o777 == 0o700
    seed = tmp_path / "web-1" / "upper" / container.SEED / "user-data"
    assert seed.stat().st_mode & 0o777 == 0o600


def test_root_of_the_guest_is_open_to_its_users_whatever_our_umask(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        container.make_layer(tmp_path / "web-1", SEED)
    finally:
        os.umask(before)
    for folder in ("upper", "upper/var", "upper/var/lib"):
        assert (tmp_path / "web-1" / folder).stat().st_mode & 0o777 == 0o755


def test_making_it_twice_leaves_the_newer_seed(tmp_path: Path) -> None:
    container.make_layer(tmp_path / "web-1", SEED)
    container.make_layer(tmp_path / "web-1", Seed(meta_data="2", user_data="2", network_config="2"))
    assert (tmp_path / "web-1/upper" / container.SEED / "user-data").read_text() == "2"


def test_place_that_cannot_be_written_is_the_hypervisors_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(HypervisorError, match="Could not write below"):
        container.make_layer(tmp_path / "file" / "web-1", SEED)


def test_removing_it_twice_is_quiet(tmp_path: Path) -> None:
    container.make_layer(tmp_path / "web-1", SEED)
    for _ in range(2):
        container.remove_layer(tmp_path / "web-1")
    assert list(tmp_path.iterdir()) == []


def test_removing_the_cgroup_of_an_unknown_container_is_quiet() -> None:
    container.remove_cgroup("no-such-container", Deadline.after(1, clock=FakeClock()))
