"""What a good file becomes."""

import base64
import hashlib
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_address, ip_interface
from pathlib import Path

import pytest

from vipprov.guest import pairfile
from vipprov.guest.pair import (
    CustomPolicy,
    Management,
    MoveBudget,
    Pair,
    PolicyMode,
    Promisc,
    SecretKind,
    SecretRef,
    Setting,
    Size,
    TrackScript,
)
from vipprov.guest.placement import Placement

EXAMPLES = Path(__file__).parents[4] / "examples"
GIBI = 1024**3


def pair_of(extra: str = "", *, vip: str = "", guest: str = "") -> Pair:
    text = text_of(extra, vip=vip, guest=guest)
    return pairfile.parse(text.encode(), path=Path("/etc/pairs/web.yaml"))


def text_of(extra: str, *, vip: str = "", guest: str = "") -> str:
    return (
        "name: web\nport_group: leaf1\n"
        f"vip: {{addresses: [10.50.50.50], virtual_router_id: 50{vip}}}\n"
        f"guests:\n  - {{name: web-1, addresses: [10.50.50.51/24]{guest}}}\n"
        f"  - {{name: web-2, addresses: [10.50.50.52/24]}}\n{extra}\n"
    )


def test_guest_is_placed_where_its_pair_is_but_for_what_it_says_itself() -> None:
    pair = pair_of(
        "hypervisor: vsphere://me@vcenter.example/DC1\n"
        "placement: {cluster: Production, datastore: shared}",
        guest=", placement: {host: esx1, datastore: local-1}",
    )
    first, second = (guest.placement for guest in pair.guests)
    assert first == Placement(cluster="Production", host="esx1", datastore="local-1")
    assert second == Placement(cluster="Production", datastore="shared")


def test_placement_of_the_documentation_is_one() -> None:
    page = (EXAMPLES.parent / "docs" / "vsphere.md").read_text()
    (shown,) = [part for part in page.split("```") if part.startswith("yaml\nplacement:")]
    common = "name: web\nhypervisor: vsphere://me@vcenter.example/DC1\nport_group: app\n"
    vip = "vip: {addresses: [10.50.50.50/24], virtual_router_id: 50}\n"
    text = common + vip + shown.removeprefix("yaml\n")
    pair = pairfile.parse(text.encode(), path=Path("web.yaml"))
    assert pair.guests[0].placement.resource_pool == "web"
    assert pair.guests[1].placement.datastore == "local-4"


def test_example_is_the_pair_of_the_article() -> None:
    pair = pairfile.load(EXAMPLES / "pair.yaml")
    assert (pair.name, pair.hypervisor, pair.policy) == ("web", "lxc:///system", PolicyMode.LEAST)
    assert pair.vip.addresses == (ip_interface("10.50.50.50/24"),)
    assert pair.vip.virtual_router_id == 50
    assert [(guest.name, str(guest.addresses[0]), guest.port_group) for guest in pair.guests] == [
        ("web-1", "10.50.50.51/24", "leaf1"),
        ("web-2", "10.50.50.52/24", "leaf2"),
    ]


def test_example_writes_nothing_but_defaults() -> None:
    written = pairfile.load(EXAMPLES / "pair.yaml")
    short = pair_of()
    guests = (short.guests[0], replace(short.guests[1], port_group="leaf2"))
    vip = replace(short.vip, addresses=written.vip.addresses)
    assert replace(short, guests=guests, vip=vip) == written


def test_dual_stack_example_has_both_families() -> None:
    pair = pairfile.load(EXAMPLES / "dual-stack.yaml")
    for addresses in (pair.vip.addresses, *(guest.addresses for guest in pair.guests)):
        assert [address.version for address in addresses] == [4, 6]


def test_defaults_are_those_of_a_careful_engineer() -> None:
    pair = pair_of()
    assert pair.size == Size(cpus=1, memory=GIBI // 2, disk=4 * GIBI)
    assert (pair.image, pair.interface, pair.promisc) == ("debian-12", "eth0", Promisc.AUTO)
    assert (pair.vip.vmac, pair.vip.preempt, pair.vip.vrrp_version) == (True, False, 3)
    assert pair.vip.garp_refresh == timedelta(minutes=1)
    assert pair.fabric == MoveBudget(profile="frr", moves=4, window=timedelta(minutes=3))
    assert (pair.timeout, pair.packages_update) == (timedelta(minutes=5), False)
    assert (pair.password, pair.management, pair.cloud_config) == (None, None, None)


def test_vip_without_mask_stands_alone() -> None:
    assert pair_of().vip.addresses == (ip_interface("10.50.50.50/32"),)


@pytest.mark.parametrize(
    ("keys", "version", "interval", "priorities"),
    [
        ("", 3, 1000, [254, 253]),
        (", profile: fast", 3, 100, [254, 253]),
        (", profile: article", 2, 1000, [50, 50]),
        (", profile: article, advert_interval: 100ms", 3, 100, [50, 50]),
        (", profile: fast, version: 2, advert_interval: 2s", 2, 2000, [254, 253]),
        (", profile: article, version: 3", 3, 1000, [50, 50]),
        (", advert_interval: 40.95s", 3, 40950, [254, 253]),
    ],
)
def test_profile_gives_timers_that_single_values_override(
    keys: str, version: int, interval: int, priorities: list[int]
) -> None:
    pair = pair_of(vip=keys)
    assert pair.vip.vrrp_version == version
    assert pair.vip.advert_interval == timedelta(milliseconds=interval)
    assert [guest.priority for guest in pair.guests] == priorities


def test_article_profile_with_an_ipv6_vip_speaks_version_3() -> None:
    text = (EXAMPLES / "dual-stack.yaml").read_text().replace("vip:", "vip:\n  profile: article")
    assert pairfile.parse(text.encode(), path=Path("web.yaml")).vip.vrrp_version == 3


def test_priorities_of_many_guests_never_fall_below_1() -> None:
    guests = "".join(f"  - {{name: g-{at}, addresses: [10.0.0.{at}/24]}}\n" for at in range(1, 40))
    text = (
        "name: web\nport_group: leaf1\n"
        f"vip: {{addresses: [10.0.0.99], virtual_router_id: 5}}\nguests:\n{guests}"
    )
    pair = pairfile.parse(text.encode(), path=Path("web.yaml"))
    assert [guest.priority for guest in pair.guests[:3]] == [254, 244, 234]
    assert {guest.priority for guest in pair.guests[26:]} == {1}


def test_macs_are_made_from_the_names_alone() -> None:
    first, second = pair_of("management: {port_group: mgmt}").guests
    digest = hashlib.sha256(b"web/web-1/vip").hexdigest()
    assert first.mac == f"52:54:00:{digest[:2]}:{digest[2:4]}:{digest[4:6]}"
    assert first.mac == pair_of("interface: ens192").guests[0].mac
    assert len({first.mac, second.mac, first.management_mac, second.management_mac}) == 4


def test_values_of_the_guest_win() -> None:
    keys = ", mac: '52:54:00:AA:BB:CC', priority: 7, port_group: leaf9, filter: clean-traffic"
    guest = pair_of("policy: unchanged", guest=keys).guests[0]
    assert (guest.mac, guest.priority) == ("52:54:00:aa:bb:cc", 7)
    assert (guest.port_group, guest.filter) == ("leaf9", "clean-traffic")


@pytest.mark.parametrize("word", ["auto", "on", "off", "'on'", '"off"'])
def test_promisc_needs_no_quotes(word: str) -> None:
    assert pair_of(f"promisc: {word}").promisc is Promisc(word.strip("'\""))


def test_policy_by_settings_leaves_the_others_alone() -> None:
    pair = pair_of("policy: {promiscuous: accept, mac_changes: reject}")
    assert pair.policy == CustomPolicy(promiscuous=Setting.ACCEPT, mac_changes=Setting.REJECT)


def test_track_scripts_keep_their_words() -> None:
    script = """{a: {command: [/bin/sh, -c, 'test -f "$X" # {'], interval: 2s, fall: 3}}"""
    assert pair_of(vip=f", track: {script}").vip.track == (
        TrackScript(
            name="a",
            command=("/bin/sh", "-c", 'test -f "$X" # {'),
            interval=timedelta(seconds=2),
            fall=3,
            rise=2,
        ),
    )


def test_extra_lines_lose_blank_lines_only() -> None:
    extra = r', keepalived_extra: "garp_master_repeat 3\n\n  # it }\ntrack_interface {\n  lo\n}\n"'
    assert pair_of(vip=extra).vip.keepalived_extra == (
        "garp_master_repeat 3",
        "  # it }",
        "track_interface {",
        "  lo",
        "}",
    )


def test_preempt_delay_goes_with_preemption() -> None:
    keys = ", preempt: true, keepalived_extra: preempt_delay 5"
    assert pair_of(vip=keys).vip.keepalived_extra == ("preempt_delay 5",)


def test_relative_paths_are_relative_to_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/op")
    pair = pair_of(
        "cloud_config: user.yaml\npassword: file:secret\nimage: ./tree\n"
        "ssh_keys: ['file:~/.ssh/id.pub', env:KEY, file:/etc/key.pub]"
    )
    assert pair.cloud_config == Path("/etc/pairs/user.yaml")
    assert pair.password == SecretRef(kind=SecretKind.FILE, target="/etc/pairs/secret")
    assert pair.image == "/etc/pairs/tree"
    assert [str(key) for key in pair.ssh_keys] == [
        "file:/home/op/.ssh/id.pub",
        "env:KEY",
        "file:/etc/key.pub",
    ]


def test_public_keys_are_taken_as_they_are() -> None:
    blob = b"\0\0\0\x0bssh-ed25519\0\0\0\x20" + bytes(range(32))
    key = f"ssh-ed25519 {base64.b64encode(blob).decode()} me@example"
    assert pair_of(f"ssh_keys: [{key}]").ssh_keys == (key,)


def test_gateways_are_one_or_a_list() -> None:
    assert pair_of("gateway: 10.50.50.1").gateways == (ip_address("10.50.50.1"),)
    assert pair_of("gateway: [10.50.50.1]").gateways == (ip_address("10.50.50.1"),)


def test_observers_are_chosen_by_whoever_knows_which_addresses_are_free() -> None:
    pair = pair_of("verify: {observers: [10.50.50.250, 10.50.50.240]}")
    assert pair.observers == (ip_address("10.50.50.250"), ip_address("10.50.50.240"))
    assert pair_of().observers == ()


def test_management_addresses_lie_in_a_subnet_of_their_own() -> None:
    keys = ", management_addresses: [192.0.2.51/24]"
    pair = pair_of("management: {port_group: mgmt, address: dhcp}", guest=keys)
    assert pair.management == Management(port_group="mgmt")
    assert pair.guests[0].management_addresses == (ip_interface("192.0.2.51/24"),)
    assert pair.guests[1].management_addresses == ()


def test_sysctl_values_are_text_in_the_order_of_the_file() -> None:
    pair = pair_of("sysctl: {net.ipv4.conf.vrrp/50.rp_filter: 0, net.ipv4.x: 1 2}")
    assert pair.sysctl == (("net.ipv4.conf.vrrp/50.rp_filter", "0"), ("net.ipv4.x", "1 2"))


def test_budget_can_be_written_in_numbers() -> None:
    pair = pair_of("fabric: {moves: 2, window: 30s}")
    assert pair.fabric == MoveBudget(profile="custom", moves=2, window=timedelta(seconds=30))


@pytest.mark.parametrize(
    "url",
    [
        "lxc:///system",
        "lxc:///",
        "qemu:///system",
        "test:///default",
        "vsphere://user@vcenter.example/DC1",
        "vsphere://[fd00::1]:8443/DC1",
        "vsphere://user%40corp@vcenter.example/DC1",
    ],
)
def test_hypervisors(url: str) -> None:
    assert pair_of(f"hypervisor: '{url}'").hypervisor == url


@pytest.mark.parametrize("count", [255])
def test_advert_holds_so_many_addresses(count: int) -> None:
    addresses = ", ".join(f"10.50.{1 + at // 200}.{1 + at % 200}" for at in range(count))
    text = (
        f"name: web\nport_group: leaf1\nvip: {{addresses: [{addresses}], virtual_router_id: 5}}\n"
        "guests: [{name: a, addresses: [10.50.0.1/16]}, {name: b, addresses: [10.50.0.2/16]}]\n"
    )
    assert len(pairfile.parse(text.encode(), path=Path("web.yaml")).vip.addresses) == count


def test_what_is_remembered_of_a_file_is_its_keys_and_values_without_its_comments() -> None:
    text = (EXAMPLES / "pair.yaml").read_text() + "password: env:SECRET  # the old one was canary\n"
    path = EXAMPLES / "edited.yaml"
    reading = pairfile.read(text.encode(), path=path)
    assert "canary" not in reading.text
    assert "#" not in reading.text
    assert '"password": "env:SECRET"' in reading.text
    assert pairfile.parse(reading.text.encode(), path=path) == reading.pair


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("image", "./images/web"),
        ("cloud_config", "../user.yaml"),
        ("password", "file:secret"),
        ("ssh_keys", "[file:key.pub]"),
        ("management", "{port_group: 'сеть \U0001f600: # { \"'}"),
        ("sysctl", "{net.ipv4.tcp_x: 0x10}"),
        ("promisc", "off"),
    ],
)
def test_what_is_remembered_of_a_file_means_the_same_at_the_same_path(key: str, value: str) -> None:
    path = Path("/etc/pairs/web.yaml")
    reading = pairfile.read(text_of(f"{key}: {value}").encode(), path=path)
    assert pairfile.read(reading.text.encode(), path=path) == reading


def test_import_brings_neither_pydantic_nor_yaml() -> None:
    code = (
        "import sys, vipprov.guest.pairfile; "
        "print({'pydantic', 'yaml'} & {name.partition('.')[0] for name in sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_example_is_a_pair(path: Path) -> None:
    assert len(pairfile.load(path).guests) == 2
