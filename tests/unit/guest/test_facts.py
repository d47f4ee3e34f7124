import subprocess
from collections.abc import Sequence
from dataclasses import replace
from ipaddress import ip_address, ip_interface
from pathlib import Path

import pytest

from factories import dual_stack_pair, make_pair
from vipprov.guest import facts_script, keepalived
from vipprov.guest.errors import GuestError
from vipprov.guest.facts import Configured, Daemon, Facts, Role, Udev, kernel_key
from vipprov.guest.pair import Pair
from vipprov.guest.vrrp import instances

ANSWER = """\
udev 0
 settled
kernel 0
 6.1.0-18-cloud-amd64
keepalived 0
 Keepalived v2.2.7 (01/16,2022)
 Copyright(C) 2001-2022 Alexandre Cassen, <acassen@gmail.com>
os 0
 PRETTY_NAME="Rocky Linux 9.3 (Blue Onyx)"
 ID="rocky"
 ID_LIKE="rhel centos fedora"
 VERSION_ID="9.3"
daemon 0
 S (sleeping)
 S (sleeping)
links 0
 [{"ifname":"lo","flags":["LOOPBACK","UP","LOWER_UP"],"promiscuity":0,"mtu":1500,"address":"00:00:00:00:00:00","addr_info":[]},
 {},
 {"ifname":"eth0","flags":["UP"],"promiscuity":1,"mtu":1500,"address":"52:54:00:50:00:01","linkinfo":{"info_kind":"veth"},"addr_info":[{"family":"inet","local":"10.50.50.51","prefixlen":24}]},
 {"ifname":"vrrp.50","link":"eth0","flags":["BROADCAST"],"promiscuity":0,"mtu":1500,"address":"00:00:5e:00:01:32",
 "linkinfo":{"info_kind":"macvlan","info_data":{"mode":"private"}},
 "addr_info":[{"family":"inet6","local":"2001:db8::50","prefixlen":64}]}]
roles 0
 web MASTER 2024-05-01T12:00:00Z
 web-v6 BACKUP 2024-05-01T12:00:00Z
sysctls 0
 net/ipv4/conf/all/rp_filter:0
 net/ipv4/ip_local_port_range:32768\t60999
firewall 0
 table ip keepalived {
 table inet filter {
 \tip protocol vrrp counter packets 3 bytes 120 drop
conf 0
     vrrp_instance web {
         virtual_router_id 50
         virtual_ipaddress {
             10.50.50.50/24 dev eth0
             # 10.50.50.52/24
         }
         unicast_peer {
             10.50.50.52
         }
     vrrp_instance web-v6 {
end 0
"""


def parsed(*changes: tuple[str, str]) -> Facts:
    text = ANSWER
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    return facts_script.parse(text)


def test_versions_and_distribution_are_read() -> None:
    facts = parsed()
    assert facts.kernel == "6.1.0-18-cloud-amd64"
    assert facts.keepalived == "2.2.7"
    assert (facts.os_id, facts.os_version) == ("rocky", "9.3")
    assert facts.os_like == ("rhel", "centos", "fedora")


def test_blank_lines_in_what_a_program_prints_end_nothing() -> None:
    facts = parsed((" Copyright", " \n \n Copyright"))
    assert (facts.keepalived, facts.os_id) == ("2.2.7", "rocky")


@pytest.mark.parametrize(
    ("said", "version"),
    [
        (
            "Keepalived v2.2.7 (01/16,2022)\n \n Built with kernel headers for Linux 5.19.11",
            "2.2.7",
        ),
        ("sh: keepalived: command not found, v9.9", None),
    ],
)
def test_version_is_what_keepalived_calls_its_own(said: str, version: str | None) -> None:
    assert parsed(("Keepalived v2.2.7 (01/16,2022)", said)).keepalived == version


@pytest.mark.parametrize("quote", ["", "'", '"'])
def test_distribution_is_read_however_it_is_quoted(quote: str) -> None:
    facts = parsed(
        ('ID="rocky"', f"ID={quote}rhel{quote}"),
        ('VERSION_ID="9.3"', f"VERSION_ID={quote}7.9{quote}"),
    )
    assert (facts.os_id, facts.os_version) == ("rhel", "7.9")


def test_rules_that_drop_vrrp_are_read() -> None:
    assert parsed().vrrp_drops == ("ip protocol vrrp counter packets 3 bytes 120 drop",)


def test_file_of_keepalived_is_read_as_far_as_it_is_judged() -> None:
    web, six = parsed().configured or ()
    assert (web.instance, web.virtual_router_id) == ("web", 50)
    assert web.addresses == (ip_interface("10.50.50.50/24"),)
    assert web.peers == (ip_address("10.50.50.52"),)
    assert (six.instance, six.virtual_router_id, six.addresses) == ("web-v6", None, ())


def test_file_that_cannot_be_read_is_not_an_empty_one() -> None:
    assert parsed(("conf 0", "conf 2")).configured is None


def test_links_are_read_with_kind_mode_and_counter() -> None:
    nic, virtual = parsed().link("eth0"), parsed().link("vrrp.50")
    assert nic is not None
    assert virtual is not None
    assert (nic.kind, nic.up, nic.promiscuity) == ("veth", True, 1)
    assert (virtual.kind, virtual.mode, virtual.parent) == ("macvlan", "private", "eth0")
    assert not virtual.up
    assert parsed().link("eth9") is None


def test_holders_of_an_address_are_its_interfaces() -> None:
    assert parsed().holders(ip_address("2001:db8::50")) == ("vrrp.50",)
    assert parsed().holders(ip_address("10.50.50.50")) == ()


def test_roles_are_read_by_instance() -> None:
    facts = parsed()
    assert (facts.role("web"), facts.role("web-v6")) == (Role.MASTER, Role.BACKUP)
    assert facts.role("other") is None


def test_a_sysctl_is_found_under_either_spelling() -> None:
    facts = parsed()
    assert facts.sysctl("net.ipv4.conf.all.rp_filter") == "0"
    assert facts.sysctl("net/ipv4/conf/all/rp_filter") == "0"
    assert facts.sysctl("net.ipv4.ip_local_port_range") == "32768 60999"
    assert facts.sysctl("net.ipv4.conf.vrrp/50.rp_filter") is None


@pytest.mark.parametrize(
    ("key", "path"),
    [
        ("net.ipv4.conf.vrrp/50.rp_filter", "net/ipv4/conf/vrrp.50/rp_filter"),
        ("net/ipv4/conf/vrrp.50/rp_filter", "net/ipv4/conf/vrrp.50/rp_filter"),
        ("kernel", "kernel"),
    ],
)
def test_the_first_separator_of_a_key_decides(key: str, path: str) -> None:
    assert kernel_key(key) == path


@pytest.mark.parametrize(
    ("states", "daemon"),
    [
        (" S (sleeping)\n S (sleeping)", Daemon.RUNNING),
        (" S (sleeping)\n T (stopped)", Daemon.FROZEN),
        (" Z (zombie)", Daemon.ABSENT),
        (" R (running)\n Z (zombie)", Daemon.RUNNING),
    ],
)
def test_a_frozen_keepalived_is_told_from_one_that_runs(states: str, daemon: Daemon) -> None:
    assert parsed((" S (sleeping)\n S (sleeping)", states)).daemon is daemon


def test_no_keepalived_at_all_is_absent_and_has_no_version() -> None:
    facts = parsed(
        ("daemon 0\n S (sleeping)\n S (sleeping)\n", "daemon 0\n"),
        ("keepalived 0\n Keepalived v2.2.7 (01/16,2022)", "keepalived 127\n sh: not found"),
    )
    assert (facts.daemon, facts.keepalived) == (Daemon.ABSENT, None)


def test_a_guest_without_nft_has_unknown_tables() -> None:
    assert parsed().nft_tables == ("ip keepalived", "inet filter")
    assert parsed(("firewall 0\n", "firewall 127\n")).nft_tables is None


@pytest.mark.parametrize(
    ("word", "udev"), [("settled", Udev.SETTLED), ("busy", Udev.BUSY), ("absent", Udev.ABSENT)]
)
def test_udev_is_settled_busy_or_absent(word: str, udev: Udev) -> None:
    assert parsed((" settled", f" {word}")).udev is udev


def test_an_unusual_file_cannot_be_taken_for_a_frame() -> None:
    assert parsed((' ID="rocky"', ' end 1\n ID="rocky"')).os_id == "rocky"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (ANSWER, ""),
        (ANSWER, "sh: 1: Syntax error\n"),
        ("end 0\n", ""),
        ("end 0\n", "end 1\n"),
        ("kernel 0", "kernel x"),
        ("links 0", "links 255"),
        ('"ifname":"eth0","flags"', '"flags"'),
        ('"promiscuity":1,', ""),
        ('"flags":["UP"]', '"flags":null'),
        ('"local":"10.50.50.51"', '"local":"10.50.50.951"'),
        ('[{"ifname":"lo"', '[[{"ifname":"lo"'),
        ('{"info_kind":"veth"}', "7"),
        ("web MASTER", "web MEISTER"),
        (" settled", " perhaps"),
        ("firewall 0\n table ip keepalived {\n table inet filter {\n", ""),
        ('"mtu":1500,"address":"52', '"address":"52'),
    ],
)
def test_a_malformed_answer_is_an_error_of_the_guest(before: str, after: str) -> None:
    with pytest.raises(GuestError, match="guest"):
        parsed((before, after))


@pytest.mark.real
def test_the_script_tells_the_facts_of_this_machine() -> None:
    keys = ("net.ipv4.ip_forward", "net.ipv4.conf.no/such.rp_filter", "$(false) `x`")
    facts = facts_script.parse(run(facts_script.command(keys)))
    assert facts.kernel == run(("uname", "-r")).strip()
    assert facts.link("lo") is not None
    assert facts.holders(ip_address("127.0.0.1")) == ("lo",)
    assert dict(facts.sysctls).keys() == {"net/ipv4/ip_forward"}


@pytest.mark.real
@pytest.mark.parametrize("tail", ["", "\0\0", "# Größe", "\r\n"])
def test_the_script_reads_a_file_that_ends_oddly(tail: str, tmp_path: Path) -> None:
    file = tmp_path / "keepalived.conf"
    file.write_text("vrrp_instance web {\n\tvirtual_ipaddress { 10.50.50.50/24 }\n}\n" + tail)
    shell, option, script, *rest = facts_script.command(())
    there = script.replace("/etc/keepalived/keepalived.conf", str(file))
    (found,) = facts_script.parse(run((shell, option, there, *rest))).configured or ()
    assert found.instance == "web"


@pytest.mark.real
def test_the_script_fails_where_nothing_can_be_found_out() -> None:
    shell, option, script, *rest = facts_script.command(())
    there = script.replace("grep -as", "no-such-grep")
    done = subprocess.run((shell, option, there, *rest), capture_output=True, check=False)
    assert done.returncode != 0
    assert b"no-such-grep" in done.stderr


@pytest.mark.real
@pytest.mark.parametrize("pair", [make_pair(), dual_stack_pair()], ids=["ipv4", "dual-stack"])
def test_the_script_reads_in_our_own_file_what_the_pair_says(pair: Pair, tmp_path: Path) -> None:
    secret = (*pair.vip.keepalived_extra, "authentication {", "    auth_pass secret", "}")
    pair = replace(pair, vip=replace(pair.vip, keepalived_extra=secret))
    for guest in pair.guests:
        file = tmp_path / guest.name
        file.write_text(keepalived.render(pair, guest))
        shell, option, script, *rest = facts_script.command(())
        there = script.replace("/etc/keepalived/keepalived.conf", str(file))
        printed = run((shell, option, there, *rest))
        assert "secret" not in printed
        assert facts_script.parse(printed).configured == tuple(
            Configured(
                instance=one.name,
                virtual_router_id=one.virtual_router_id,
                addresses=one.addresses,
                peers=one.peers,
            )
            for one in instances(pair, guest)
        )


def run(argv: Sequence[str]) -> str:
    return subprocess.run(argv, check=True, capture_output=True, text=True).stdout
