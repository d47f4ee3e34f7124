from datetime import timedelta
from ipaddress import ip_interface

import pytest

from factories import dual_stack_pair, make_guest, make_pair, make_track, make_vip
from golden_files import assert_golden
from vipprov.guest import keepalived
from vipprov.guest.errors import SpecError
from vipprov.guest.pair import Pair

ARTICLE = make_pair(
    name="test",
    interface="ens192",
    guests=(make_guest(1, priority=50), make_guest(2, priority=50)),
    vip=make_vip(addresses=(ip_interface("10.50.50.50/32"),), garp_refresh=timedelta(0)),
)
FAST = make_pair(
    vip=make_vip(vrrp_version=3, advert_interval=timedelta(milliseconds=100), preempt=True)
)
THREE = make_pair(guests=(make_guest(1), make_guest(2), make_guest(3)))
TRACKED = make_pair(
    vip=make_vip(
        track=(
            make_track(),
            make_track(name="web", command=("/usr/bin/printf", "%s", "it's #1", "$~\\")),
        ),
        keepalived_extra=("debug 1", "virtual_routes {", "    10.9.0.0/24 dev eth0 no_track", "}"),
    )
)
MANY = make_pair(
    vip=make_vip(addresses=tuple(ip_interface(f"10.50.50.{host}/24") for host in range(100, 130)))
)
GOLDEN = {
    "article": ARTICLE,
    "dual-stack": dual_stack_pair(),
    "fast": FAST,
    "no-vmac": make_pair(vip=make_vip(vmac=False)),
    "three-guests": THREE,
    "tracked": TRACKED,
    "thirty-addresses": MANY,
    "own-nic": make_pair(interface="bond0.100"),
}


@pytest.mark.parametrize("name", GOLDEN)
def test_configuration_is_the_golden_one(name: str) -> None:
    pair = GOLDEN[name]
    assert_golden(f"keepalived/{name}.conf", keepalived.render(pair, pair.guests[0]))


@pytest.mark.parametrize("pair", GOLDEN.values(), ids=GOLDEN)
def test_rendering_twice_gives_the_same_bytes(pair: Pair) -> None:
    first, second = (keepalived.render(pair, pair.guests[1]) for _ in range(2))
    assert first == second


def test_every_instance_of_every_guest_has_the_virtual_mac_of_its_family() -> None:
    pair = dual_stack_pair()
    for guest in pair.guests:
        text = keepalived.render(pair, guest)
        assert "    use_vmac vrrp.50\n    vmac_xmit_base\n" in text
        assert "    use_vmac vrrp6.50\n    vmac_xmit_base\n" in text


def test_pair_without_a_virtual_mac_says_nothing_of_one() -> None:
    pair = make_pair(vip=make_vip(vmac=False))
    assert "vmac" not in keepalived.render(pair, pair.guests[0])


def test_peers_are_all_the_others_and_never_the_guest_itself() -> None:
    text = keepalived.render(THREE, THREE.guests[1])
    assert "    unicast_src_ip 10.50.50.52\n" in text
    assert "unicast_peer {\n        10.50.50.51\n        10.50.50.53\n    }" in text


def test_mask_of_a_single_host_is_left_out_and_others_stay_as_written() -> None:
    written = (ip_interface("10.50.50.50/32"), ip_interface("10.50.50.60/24"))
    pair = make_pair(vip=make_vip(addresses=written))
    text = keepalived.render(pair, pair.guests[0])
    assert "virtual_ipaddress {\n        10.50.50.50\n        10.50.50.60/24\n    }" in text


@pytest.mark.parametrize(
    ("interval", "written"),
    [(1.0, "1"), (10.0, "10"), (0.1, "0.1"), (0.01, "0.01"), (40.95, "40.95"), (100.0, "100")],
)
def test_advert_interval_is_written_in_seconds(interval: float, written: str) -> None:
    vip = make_vip(vrrp_version=3, advert_interval=timedelta(seconds=interval))
    pair = make_pair(vip=vip)
    assert f"    advert_int {written}\n" in keepalived.render(pair, pair.guests[0])


def test_refresh_of_nothing_is_no_refresh() -> None:
    pair = make_pair(vip=make_vip(garp_refresh=timedelta(0)))
    assert "garp" not in keepalived.render(pair, pair.guests[0])


REFUSED = {
    "a brace closes our block": make_vip(keepalived_extra=("}", "vrrp_instance evil {")),
    "a block stays open": make_vip(keepalived_extra=("virtual_routes {",)),
    "a line is too long": make_vip(keepalived_extra=("x" * 1000,)),
    "a line is two lines": make_vip(keepalived_extra=("debug 1\n}\nvrrp_instance evil {",)),
    "a comment hides a second line": make_vip(keepalived_extra=("#\n}\nvrrp_instance evil {",)),
    "a quote hides a brace": make_vip(keepalived_extra=("notify '#' }",)),
    "half a second between runs": make_vip(track=(make_track(interval=timedelta(seconds=0.5)),)),
    "half a second between refreshes": make_vip(garp_refresh=timedelta(seconds=0.5)),
    "command without a path": make_vip(track=(make_track(command=("pidof", "haproxy")),)),
    "no command": make_vip(track=(make_track(command=()),)),
    "command is too long": make_vip(track=(make_track(command=("/bin/true", "x" * 1000)),)),
    "name is two words": make_vip(track=(make_track(name="a b"),)),
    "name is a comment": make_vip(track=(make_track(name="#"),)),
}


@pytest.mark.parametrize("reason", REFUSED)
def test_what_keepalived_cannot_read_is_refused(reason: str) -> None:
    pair = make_pair(vip=REFUSED[reason])
    with pytest.raises(SpecError):
        keepalived.render(pair, pair.guests[0])


@pytest.mark.parametrize("name", ["web 1", "", "a{b", "a#b", "$(id)", 'a"b', "a\nb", "-x", "@x"])
def test_hostile_names_are_refused(name: str) -> None:
    for pair in (
        make_pair(name=name),
        make_pair(interface=name),
        make_pair(guests=(make_guest(1, name=name), make_guest(2))),
    ):
        with pytest.raises(SpecError):
            keepalived.render(pair, pair.guests[0])
