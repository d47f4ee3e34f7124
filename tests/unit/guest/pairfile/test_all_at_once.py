"""Many mistakes in one file are told together, in the order of the file."""

import re
from pathlib import Path

import pytest

from vipprov.guest import pairfile
from vipprov.guest.errors import SpecError

CANARY = "hunter2"

MANY = """\
name: Web_1
hypervisr: lxc:///system
hypervisor: qemu://root:hunter2@host/system
port_group: a/b
size: {cpus: 0, memory: 512MB, ram: 7}
promisc: yes
vip:
  addresses: [10.50.50.51/24, 10.60.0.1]
  virtual_router_id: 300
  advert_interval: 1500ms
  version: 2
  keepalived_extra: |
    garp_master_repeat 3
    priority 7
guests:
  - {name: web-1, addresses: [10.50.50.51/24], filter: clean-traffic}
  - {name: web-1, addresses: [10.50.50.52/24], priority: 010}
  - addresses: [10.50.50.53]
gateway: &a 10.50.50.1/24
password: hunter2
ssh_keys: ["-----BEGIN OPENSSH PRIVATE KEY----- hunter2"]
fabric: {profile: frr, moves: 3}
name: again
"""
EXPECTED = [
    "1:7: name:",
    "2:1: hypervisr:",
    "3:13: hypervisor:",
    "4:13: port_group:",
    "5:14: size.cpus:",
    "5:25: size.memory:",
    "5:32: size.ram:",
    "6:10: promisc:",
    "8:31: vip.addresses[1]:",
    "9:22: vip.virtual_router_id:",
    "10:20: vip.advert_interval:",
    "14:1: vip.keepalived_extra:",
    "16:31: guests[0].addresses[0]:",
    "16:48: guests[0].filter:",
    "17:12: guests[1].name:",
    "17:58: guests[1].priority:",
    "18:5: guests[2].name:",
    "18:17: guests[2].addresses[0]:",
    "19:10: gateway:",
    "19:10: gateway:",
    "20:11: password:",
    "21:12: ssh_keys[0]:",
    "22:9: fabric:",
    "23:1: name:",
]


def refused(text: str | bytes) -> SpecError:
    data = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(SpecError) as caught:
        pairfile.parse(data, path=Path("web.yaml"))
    return caught.value


def test_structure_types_and_clashes_are_told_together() -> None:
    error = refused(MANY)
    places = [
        found.group(1)
        for line in error.details.splitlines()
        if (found := re.match(r"web\.yaml:(\d+:\d+: \S+:) ", line))
    ]
    assert places == EXPECTED
    assert str(error) == f"{len(EXPECTED)} mistakes in web.yaml."


def test_secrets_are_not_repeated() -> None:
    error = refused(MANY)
    assert CANARY not in str(error) + error.details + error.hint


@pytest.mark.parametrize(
    "line",
    [
        "password: hunter2",
        "password: [hunter2]",
        "password: env:hunter2 is it",
        "password: 'file: hunter2'",
        "password: 'file:~hunter2/x'",
        'password: "file:hunter2\\n"',
        "passwort: hunter2",
        "ssh_keys: [ssh-ed25519 hunter2]",
        "ssh_keys: ['file:~hunter2/id']",
        "ssh_keys: ['-----BEGIN RSA PRIVATE KEY----- hunter2']",
        "hypervisor: vsphere://me:hunter2@vcenter/DC",
        "hypervisor: vsphere://me:hun/hunter2@vcenter/DC",
        "hypervisor: vsphere://me@vcenter/DC?password=hunter2",
        "hypervisor: vsphere://me:%zz[hunter2@vcenter/DC",
        "hypervisor: nosuch://me:hunter2@vcenter/DC",
    ],
)
def test_what_looks_like_a_secret_is_not_repeated(line: str) -> None:
    error = refused(f"name: web\n{line}\n")
    assert any(told.startswith("web.yaml:2:") for told in error.details.splitlines())
    assert CANARY not in str(error) + error.details + error.hint


def test_wrong_type_does_not_hide_a_clash_elsewhere() -> None:
    error = refused(
        "name: 7\nport_group: leaf1\n"
        "vip: {addresses: [10.50.50.51/24], virtual_router_id: x}\n"
        "guests:\n"
        "  - {name: web-1, addresses: [10.50.50.51/24, nonsense], mac: 5}\n"
        "  - {name: web-1, addresses: [10.50.50.52/24], mac: '52:54:00:aa:bb:cc'}\n"
        "  - {name: web-3, addresses: [10.50.50.53/24], mac: '52:54:00:aa:bb:cc'}\n"
    )
    trails = [line.split(": ")[1] for line in error.details.splitlines()]
    assert trails == [
        "name",
        "vip.virtual_router_id",
        "guests[0].addresses[0]",
        "guests[0].addresses[1]",
        "guests[0].mac",
        "guests[1].name",
        "guests[2].mac",
    ]


def test_torn_file_tells_what_is_certain_above_the_tear_and_nothing_below() -> None:
    error = refused("nam: web\npromisc: yes\nvip:\n  addresses: [10.50.50.50\nguests: x\n")
    places = [line.split(": ")[0] for line in error.details.splitlines()]
    assert places == ["web.yaml:1:1", "web.yaml:2:10", "web.yaml:5:7"]


def test_template_is_told_by_its_braces() -> None:
    assert "fill in templates" in refused("name: {{ name }}\n").details


def test_misspelt_key_is_not_missing_as_well() -> None:
    error = refused("nmae: web\n")
    assert "Write name." in error.details
    assert "name: is missing" not in error.details


def test_bomb_of_aliases_costs_nothing_and_is_told_line_by_line() -> None:
    levels = "".join(
        f"{'abcdefghij'[at]}: &{'abcdefghij'[at]} [{', '.join(['*' + 'abcdefghij'[at - 1]] * 9)}]\n"
        for at in range(1, 10)
    )
    error = refused("a: &a [lol, lol]\n" + levels)
    assert "stands for other text" in error.details
    assert error.details.count("\n") < 300


def test_endless_mistakes_are_counted_and_not_all_told() -> None:
    error = refused("".join(f"key-{at}: 1\n" for at in range(2000)))
    assert str(error) == "2004 mistakes in web.yaml."
    assert error.details.splitlines()[-1] == "web.yaml: and 1804 more."


def test_too_many_values_end_the_reading() -> None:
    assert "more than 5000 values" in refused("dns: [" + "1, " * 6000 + "]\n").details


@pytest.mark.parametrize("count", [256, 300])
def test_more_addresses_than_an_advert_carries_are_refused(count: int) -> None:
    addresses = ", ".join(f"10.50.{1 + at // 200}.{1 + at % 200}" for at in range(count))
    error = refused(
        f"name: web\nport_group: leaf1\nvip: {{addresses: [{addresses}], virtual_router_id: 5}}\n"
        "guests: [{name: a, addresses: [10.50.0.1/16]}, {name: b, addresses: [10.50.0.2/16]}]\n"
    )
    assert f"{count} IPv4 addresses do not fit" in error.details


def test_hostile_file_name_is_escaped() -> None:
    with pytest.raises(SpecError) as caught:
        pairfile.parse(b"name: 7\n", path=Path("a\x1b[2J\n.yaml"))
    assert "\x1b" not in str(caught.value) + caught.value.details
    assert all(line.isprintable() for line in caught.value.details.splitlines())
