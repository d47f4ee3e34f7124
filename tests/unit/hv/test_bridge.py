"""Flags of bridge ports are read from and written to sysfs."""

from pathlib import Path

import pytest

from vipprov.guest.errors import HypervisorError
from vipprov.hv.bridge import Bridges, Flags


@pytest.fixture
def links(tmp_path: Path) -> Path:
    """Make a bridge with one port, and a link that is neither."""
    (tmp_path / "leaf1" / "bridge").mkdir(parents=True)
    (tmp_path / "leaf1" / "brif" / "tap0").mkdir(parents=True)
    port = tmp_path / "tap0" / "brport"
    port.mkdir(parents=True)
    for name, value in (("learning", "1"), ("unicast_flood", "1"), ("isolated", "0")):
        (port / name).write_text(f"{value}\n")
    (tmp_path / "eth0").mkdir()
    return tmp_path


def test_bridges_are_told_from_other_links(links: Path) -> None:
    bridges = Bridges(links)
    assert [bridges.is_bridge(name) for name in ("leaf1", "eth0", "nonesuch")] == [
        True,
        False,
        False,
    ]
    assert [bridges.is_link(name) for name in ("eth0", "nonesuch")] == [True, False]


@pytest.mark.parametrize("name", ["", "../leaf1", "leaf1/brif"])
def test_name_that_is_a_path_is_no_link(name: str, links: Path) -> None:
    assert not Bridges(links / "eth0").is_link(name)
    assert not Bridges(links).is_link(name)


def test_members_and_flags_are_read(links: Path) -> None:
    bridges = Bridges(links)
    assert bridges.members("leaf1") == ("tap0",)
    assert bridges.members("eth0") == ()
    assert bridges.flags("tap0") == Flags(learning=True, flood=True, isolated=False)
    assert bridges.flags("eth0") is None


def test_only_flags_that_differ_are_written(links: Path) -> None:
    port = links / "tap0" / "brport"
    wanted = Flags(learning=False, flood=True, isolated=True)
    Bridges(links).set_flags("tap0", wanted)
    assert [(port / name).read_text() for name in ("learning", "unicast_flood", "isolated")] == [
        "0",
        "1\n",
        "1",
    ]
    assert Bridges(links).flags("tap0") == wanted


def test_flag_that_cannot_be_written_is_our_error(links: Path) -> None:
    isolated = links / "tap0" / "brport" / "isolated"
    isolated.unlink()
    isolated.symlink_to("/proc/version")  # can be read, and not written by anybody
    with pytest.raises(HypervisorError, match="isolated of the bridge port tap0"):
        Bridges(links).set_flags("tap0", Flags(learning=True, flood=True, isolated=True))
