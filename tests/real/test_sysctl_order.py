"""Real systemd-sysctl and sysctl read our file among those of others, in a namespace."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from factories import make_pair
from keepalived_members import Member
from vipprov.guest import render, sysctl

pytestmark = pytest.mark.real

SYSTEMD_SYSCTL = "/usr/lib/systemd/systemd-sysctl"
HARDENING = """\
net.ipv4.conf.*.rp_filter = 1
net.ipv4.conf.all.rp_filter = 1
net.ipv4.conf.all.arp_announce = 0
"""
WANTED = {"all.rp_filter": "0", "eth0.rp_filter": "0", "vrrp/50.rp_filter": "0"}


@pytest.fixture
def member(tmp_path: Path) -> Iterator[Member]:
    made = Member("sysctl", tmp_path)
    try:
        made.do("ip", "link", "add", "eth0", "type", "veth", "peer", "name", "far")
        made.do("ip", "link", "add", "vrrp.50", "link", "eth0", "type", "macvlan")
        pair = make_pair()
        made.write(render.configuration(pair, pair.guests[0]))
        made.path("/etc/sysctl.d/99-hardening.conf").write_text(HARDENING)
        yield made
    finally:
        made.close()


def values(member: Member, *keys: str) -> dict[str, str]:
    return {key: member.do("sysctl", "-n", f"net.ipv4.conf.{key}").strip() for key in keys}


@pytest.mark.parametrize("command", [(SYSTEMD_SYSCTL,), ("sysctl", "--system")], ids=repr)
def test_our_values_win_over_hardening_files_at_boot(
    member: Member, command: tuple[str, ...]
) -> None:
    member.do(*command)
    assert values(member, *WANTED) == WANTED
    assert values(member, "all.arp_announce", "far.rp_filter") == {
        "all.arp_announce": "2",
        "far.rp_filter": "1",
    }


def test_explicit_key_wins_over_the_glob_when_udev_meets_the_virtual_mac(member: Member) -> None:
    # What udev's 99-systemd.rules run for a new interface.
    member.do(SYSTEMD_SYSCTL, "--prefix=/net/ipv4/conf/vrrp.50")
    assert values(member, "vrrp/50.rp_filter") == {"vrrp/50.rp_filter": "0"}


def test_without_the_explicit_key_the_glob_reaches_the_virtual_mac(member: Member) -> None:
    member.path(sysctl.PATH).unlink()
    member.do(SYSTEMD_SYSCTL, "--prefix=/net/ipv4/conf/vrrp.50")
    assert values(member, "vrrp/50.rp_filter") == {"vrrp/50.rp_filter": "1"}


@pytest.mark.parametrize("hidden", [None, SYSTEMD_SYSCTL], ids=["systemd-sysctl", "sysctl"])
def test_settings_are_applied_where_the_virtual_mac_is_not_there_yet(
    member: Member, hidden: str | None
) -> None:
    if hidden is not None:
        if shutil.which("sysctl") is None:
            pytest.skip("no sysctl on this machine")
        member.do("mount", "--bind", "/dev/null", hidden)
    member.do("ip", "link", "del", "vrrp.50")
    member.do("sh", "-c", sysctl.APPLY)
    assert values(member, "all.rp_filter", "all.arp_announce") == {
        "all.rp_filter": "0",
        "all.arp_announce": "2",
    }
