import pytest

from factories import dual_stack_pair, make_pair, make_vip
from golden_files import assert_golden
from vipprov.guest import sysctl
from vipprov.guest.errors import SpecError
from vipprov.guest.pair import Pair


def content(pair: Pair) -> str:
    return sysctl.file(pair, pair.guests[0]).content


def settings(pair: Pair) -> list[str]:
    return [line for line in content(pair).splitlines() if not line.startswith("#")]


GOLDEN = {
    "article": make_pair(interface="ens192"),
    "dual-stack": dual_stack_pair(),
    "no-vmac": make_pair(vip=make_vip(vmac=False)),
    "vlan-nic": make_pair(interface="bond0.100"),
    "overridden": make_pair(
        sysctl=(
            ("net/ipv4/conf/vrrp.50/rp_filter", "2"),
            ("net.ipv4.tcp_rmem", "4096 87380 6291456"),
            ("net.ipv4.conf.all.arp_ignore", "2"),
        )
    ),
}


@pytest.mark.parametrize("name", GOLDEN)
def test_file_is_the_golden_one(name: str) -> None:
    assert_golden(f"sysctl/{name}.conf", content(GOLDEN[name]))


@pytest.mark.parametrize(
    "line",
    [
        "net.ipv4.conf.all.arp_ignore = 1",
        "net.ipv4.conf.all.arp_announce = 2",
        "net.ipv4.conf.all.rp_filter = 0",
        "net.ipv4.conf.eth0.rp_filter = 0",
        "net.ipv4.conf.vrrp/50.rp_filter = 0",
    ],
)
def test_every_setting_of_the_article_is_there(line: str) -> None:
    assert line in settings(make_pair())


def test_file_sorts_after_the_hardening_files_that_are_found_in_the_wild() -> None:
    others = ["99-sysctl.conf", "99-hardening.conf", "99-cis.conf", "99-stig.conf", "98-x.conf"]
    assert max([*others, sysctl.PATH.name]) == sysctl.PATH.name


def test_key_of_the_pair_file_replaces_ours_however_it_is_spelled() -> None:
    found = settings(make_pair(sysctl=(("net/ipv4/conf/vrrp.50/rp_filter", "2"),)))
    assert "net.ipv4.conf.vrrp/50.rp_filter = 0" not in found
    assert found[-1] == "net/ipv4/conf/vrrp.50/rp_filter = 2"


def test_last_value_of_a_key_wins() -> None:
    found = settings(make_pair(sysctl=(("a.b", "1"), ("a.b", "2"))))
    assert found[-1] == "a.b = 2"
    assert "a.b = 1" not in found


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("a.b", ""),
        ("a.b", "1\nkernel.panic = 1"),
        ("a.b\nkernel.panic", "1"),
        ("#a.b", "1"),
        ("-a.b", "1"),
        ("a=b", "1"),
        ("a b", "1"),
        ("", "1"),
    ],
)
def test_hostile_setting_is_refused(key: str, value: str) -> None:
    with pytest.raises(SpecError):
        content(make_pair(sysctl=((key, value),)))
