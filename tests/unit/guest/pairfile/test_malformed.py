"""One mistake each: where it is found, and what is said about it."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from vipprov.guest import pairfile
from vipprov.guest.errors import SpecError

VALID = """\
name: web
port_group: leaf1
vip:
  addresses: [10.50.50.50/24]
  virtual_router_id: 50
guests:
  - {name: web-1, addresses: [10.50.50.51/24]}
  - {name: web-2, addresses: [10.50.50.52/24]}
"""


@dataclass(frozen=True, slots=True)
class Case:
    """A sentence, a file with one mistake, its line:column, and part of what to write instead."""

    sentence: str
    text: str
    at: str
    advice: str


def replaced(old: str, new: str) -> str:
    assert old in VALID
    return VALID.replace(old, new, 1)


def added(*lines: str) -> str:
    """Put lines under the valid file: the first of them is line 9."""
    return VALID + "\n".join(lines) + "\n"


def in_vip(*lines: str) -> str:
    """Put lines under the vip: the first of them is line 6."""
    keys = "".join(f"  {line}\n" for line in lines)
    return replaced("  virtual_router_id: 50\n", f"  virtual_router_id: 50\n{keys}")


def in_guest(keys: str) -> str:
    """Put keys into the first guest, in line 7; the first of them stands in column 48."""
    return replaced("[10.50.50.51/24]}", f"[10.50.50.51/24], {keys}}}")


def observed_by(addresses: str) -> str:
    """Name observers in line 9; the first of them stands in column 22."""
    return added(f"verify: {{observers: [{addresses}]}}")


def on_vsphere(*lines: str) -> str:
    """Put lines under a file for vSphere: the first of them is line 10."""
    return added("hypervisor: vsphere://me@vcenter.example/DC1", *lines)


DUAL = replaced("[10.50.50.50/24]", "[10.50.50.50/24, fd00:50::50]")
_HEAD, _REST = VALID.split("vip:\n")
_VIP, _GUESTS = _REST.split("guests:\n")
WITHOUT_VIP = f"{_HEAD}guests:\n{_GUESTS}"
WITHOUT_GUESTS = f"{_HEAD}vip:\n{_VIP}"
LOPSIDED = DUAL.replace(".51/24]", ".51/24, fd00:50::51/64]")
BOTH = LOPSIDED.replace(".52/24]", ".52/24, fd00:50::52/64]")

YAML = [
    Case(
        "a tab indents", replaced("  addresses: [10.50.50.50", "\taddresses: [1"), "4:1", "spaces"
    ),
    Case("a quote is never closed", added('image: "debian'), "10:1", "Close the quote"),
    Case("a bracket is never closed", added("dns: [10.50.50.1"), "10:1", "Close [ with ]"),
    Case("two colons stand in a line", added("image: a: b"), "9:9", "in quotes"),
    Case("a line is no key and value", added("image"), "10:1", "colon"),
    Case("a key is indented too far", replaced("port_group", " port_group"), "2:12", "indented"),
    Case("a key is indented less than its like", in_vip() + "    x: 1\n", "9:5", "indentation"),
    Case("a value begins with @", added("image: @debian"), "9:8", "in quotes"),
    Case("a value begins with a backtick", added("image: `x`"), "9:8", "in quotes"),
    Case("a value begins with %", added("image: %x"), "9:8", "in quotes"),
    Case("a backslash begins no escape", added(r'image: "C:\dir"'), "9:12", "single quotes"),
    Case("an escape is cut short", added(r'image: "\x1"'), "9:11", "single quotes"),
    Case("an escape is out of range", added(r'image: "\UFFFFFFFF"'), "9:11", "character itself"),
    Case("half of a surrogate pair", added(r'image: "\ud800"'), "9:8", "character itself"),
    Case("a YAML version is a huge number", f"%YAML 1.{'9' * 5000}\n---\n{VALID}", "1:9", "Write"),
    Case("an anchor is set", added("image: &a debian-12"), "9:8", "in quotes"),
    Case("an alias is used", added("image: *a"), "9:8", "Write the value out"),
    Case("a merge key is used", added("<<: {image: x}"), "9:1", "Known here"),
    Case(
        "a Python object is asked for", added("image: !!python/object:os.system x"), "9:8", "plain"
    ),
    Case(
        "a Python call is asked for",
        added("dns: !!python/object/apply:os.system [9.9.9.9]"),
        "9:6",
        "pl",
    ),
    Case("a number is tagged as text", added('image: !!str "12"'), "9:8", "in quotes"),
    Case("a tag of one's own", added("image: !secret x"), "9:8", "plain value"),
    Case("an unknown tag handle", added("image: !x!y z"), "9:8", "plain value"),
    Case("a binary tag", added("image: !!binary aGk="), "9:8", "plain value"),
    Case("a key comes twice", added("name: web"), "9:1", "Keep one of the two"),
    Case("a key comes twice in a flow mapping", in_guest("name: x"), "7:48", "Keep one"),
    Case("a key comes twice deep down", in_vip("virtual_router_id: 51"), "6:3", "Keep one"),
    Case("a second document follows", VALID + "---\n" + VALID, "9:1", "one pair in one file"),
    Case("a key is a list", added("? [a]\n: b"), "9:3", "key: value"),
    Case("a value is missing", added("image:"), "9:7", "leave the key out"),
    Case("a value is null", added("image: null"), "9:8", "leave the key out"),
    Case("an item is empty", added("dns:", "  -"), "10:4", "leave the key out"),
    Case("a number has a leading zero", replaced("id: 50", "id: 050"), "5:22", "leading zero"),
    Case("a control character stands in the text", added("image: a\x07b"), "9:9", "Take it out"),
    Case("a NUL stands in the text", "name: a\x00b\n", "1:8", "Take it out"),
    Case("a line separator of Unicode", added("image: a\u2028b"), "9:9", "Take it out"),
    Case("the file is empty", "", "1:1", "examples/pair.yaml"),
    Case("the file is blank", "\n \n", "1:1", "examples/pair.yaml"),
    Case("the file holds comments only", "# name: web\n", "1:1", "examples/pair.yaml"),
    Case("the file holds a marker only", "---\n", "2:1", "Write one"),
    Case("the file is a list", "- name: web\n", "1:1", "examples/pair.yaml"),
    Case("the file is a word", "web\n", "1:1", "examples/pair.yaml"),
    Case("lists are nested ten thousand deep", added("dns: " + "[" * 10_000), "9:26", "schema"),
    Case("keys are nested ten thousand deep", added("dns: " + "{" * 10_000), "9:26", "schema"),
    Case("question marks are nested", added("dns:", " ?" * 500 + " x"), "10:42", "schema"),
    Case("dashes are nested deeply", added("dns:", "- " * 500 + "x"), "10:41", "schema"),
]

TYPES = [
    Case("a key is misspelt", replaced("port_group", "port_gruop"), "2:1", "Write port_group"),
    Case("a key of the vip is misspelt", in_vip("adresses: []"), "6:3", "Write addresses"),
    Case("a key of a guest is misspelt", in_guest("priorty: 3"), "7:48", "Write priority"),
    Case("a key has another tool's name", in_vip("vrid: 50"), "6:3", "Write virtual_router_id"),
    Case("a key is in the wrong place", added("vmac: true"), "9:1", "Write vmac under vip"),
    Case("a key belongs to the top", in_vip("dns: []"), "6:3", "at the top of the file"),
    Case(
        "a key is unknown in a small table", added("packages: {x: 1}"), "9:12", "Known here: update"
    ),
    Case("an unknown key is hostile", added(r'"a\e[2Jb": 1'), "9:1", r'"a\x1b[2Jb"'),
    Case("the name is missing", replaced("name: web\n", ""), "1:1", "Write name: web"),
    Case("the vip is missing", WITHOUT_VIP, "1:1", "Write vip: {addresses"),
    Case(
        "the router id is missing",
        replaced("  virtual_router_id: 50\n", ""),
        "4:3",
        "router_id: 50",
    ),
    Case("a guest has no name", replaced("name: web-1, ", ""), "7:5", "Write name: web-1"),
    Case(
        "a guest has no address", replaced("addresses: [10.50.50.51/24]", "priority: 3"), "7:5", "a"
    ),
    Case(
        "the addresses are an empty list", replaced("[10.50.50.50/24]", "[]"), "4:14", "at least 1"
    ),
    Case(
        "there is one guest only",
        replaced("  - {name: web-2, addresses: [10.50.50.52/24]}\n", ""),
        "7:3",
        "at least 2",
    ),
    Case(
        "guests are a mapping", WITHOUT_GUESTS + "guests: {web-1: {}}\n", "6:9", "Write guests: ["
    ),
    Case(
        "a guest is a word", replaced("{name: web-1, addresses: [10.50.50.51/24]}", "x"), "7:5", "a"
    ),
    Case("the vip is a word", WITHOUT_VIP + "vip: 1\n", "6:6", "Write vip: {"),
    Case(
        "addresses are one word", replaced("[10.50.50.50/24]", "10.50.50.50"), "4:14", "Write addr"
    ),
    Case(
        "the name is a number", replaced("name: web", "name: 7"), "1:7", 'Write it in quotes: "7"'
    ),
    Case("the name is a list", replaced("name: web", "name: [web]"), "1:7", "such as web"),
    Case("the router id is text", replaced("id: 50", "id: '50'"), "5:22", "router_id: 50"),
    Case("the router id is a fraction", replaced("id: 50", "id: 5.5"), "5:22", "router_id: 50"),
    Case("the router id is true", replaced("id: 50", "id: true"), "5:22", "router_id: 50"),
    Case("yes is not true", in_vip("vmac: yes"), "6:9", "Write true"),
    Case("off is not false", in_vip("preempt: off"), "6:12", "Write false"),
    Case("one is not true", in_vip("vmac: 1"), "6:9", "Write vmac: true"),
    Case("promisc is yes", added("promisc: yes"), "9:10", "Write promisc: auto"),
    Case("promisc is true", added("promisc: true"), "9:10", "Write promisc: auto"),
    Case("the policy is misspelt", added("policy: leats"), "9:9", "Write least"),
    Case("the policy is a list", added("policy: [least]"), "9:9", "Write least"),
    Case("a setting is yes", added("policy: {promiscuous: yes}"), "9:23", "promiscuous: accept"),
    Case(
        "a setting is capitalised", added("policy: {mac_changes: Reject}"), "9:23", "Write reject"
    ),
    Case("a setting is unknown", added("policy: {promisc: accept}"), "9:10", "Write promiscuous"),
    Case("no setting is given", added("policy: {}"), "9:9", "Write unchanged"),
    Case("the profile is misspelt", in_vip("profile: fsat"), "6:12", "Write fast"),
    Case("the fabric is unknown", added("fabric: {profile: cisco}"), "9:19", "Write profile: frr"),
    Case("the fabric is a word", added("fabric: frr"), "9:9", "Write fabric: {profile: frr}"),
    Case(
        "management has fixed addresses",
        added("management: {address: 1, port_group: m}"),
        "9:23",
        "d",
    ),
    Case("a sysctl value is true", added("sysctl: {net.ipv4.ip_forward: true}"), "9:31", "Write 1"),
    Case(
        "a sysctl value has two lines", added(r'sysctl: {net.ipv4.x: "1\n2"}'), "9:22", "one line"
    ),
    Case("a sysctl is the host's", added("sysctl: {net.core.x: 1}"), "9:10", "set it on the host"),
    Case("a sysctl key is a path", added("sysctl: {net/ipv4/x: 1}"), "9:10", "with dots"),
    Case("a sysctl key climbs", added("sysctl: {net.x/../y: 1}"), "9:10", "with dots"),
    Case("a sysctl key is a glob", added("sysctl: {net.ipv4.conf.*.x: 1}"), "9:10", "with dots"),
    Case("a list of keys is a word", added("ssh_keys: x"), "9:11", "Write ssh_keys: ["),
]

VALUES = [
    Case(
        "a place is a number",
        on_vsphere("placement: {host: 7}"),
        "10:19",
        'Write it in quotes: "7"',
    ),
    Case("a place is empty", on_vsphere("placement: {cluster: ''}"), "10:22", "such as Production"),
    Case(
        "a path has a gap", on_vsphere("placement: {folder: a//b}"), "10:21", "/DC1/vm/Production"
    ),
    Case("a path ends early", on_vsphere("placement: {folder: a/}"), "10:21", "Write a name"),
    Case(
        "a place is no place", on_vsphere("placement: Production"), "10:12", "placement: {cluster"
    ),
    Case("a place of another tool", on_vsphere("placement: {pool: x}"), "10:13", "resource_pool"),
    Case("a place at the top", on_vsphere("cluster: x"), "10:1", "Write cluster under"),
    Case("the name has capitals", replaced("name: web", "name: Web"), "1:7", "Write web"),
    Case("the name has an underscore", replaced("web-1", "web_1"), "7:12", "Write web-1"),
    Case("the name ends in a dash", replaced("name: web", "name: web-"), "1:7", "Write web"),
    Case("the name is too long", replaced("name: web", f"name: {'a' * 33}"), "1:7", "at most 32"),
    Case("a guest's name is too long", replaced("web-1", "a" * 64), "7:12", "at most 63"),
    Case("a guest's name is a number", replaced("web-1", "'17'"), "7:12", "guest-17"),
    Case("the name is empty", replaced("name: web", "name: ''"), "1:7", "such as web"),
    Case("the name has terminal codes", replaced(": web", r': "\e[31m"'), "1:7", "visible text"),
    Case("the port group is a path", replaced("leaf1", "dc/leaf1"), "2:13", "without a path"),
    Case("the port group is too long", replaced("leaf1", "a" * 81), "2:13", "at most 80"),
    Case("the port group is blank", replaced("leaf1", "' '"), "2:13", "such as leaf1"),
    Case("the port group has two lines", replaced("leaf1", r'"a\nb"'), "2:13", "one line"),
    Case("the interface is too long", added("interface: enp0s31f6abcdefg"), "9:12", "at most 15"),
    Case("the interface has a slash", added("interface: a/b"), "9:12", "letters and digits"),
    Case("the interface has a blank", added("interface: eth 0"), "9:12", "letters and digits"),
    Case("the interface is loopback", added("interface: lo"), "9:12", "eth0"),
    Case("the interface is all", added("interface: all"), "9:12", "eth0"),
    Case("the router id is 0", replaced("id: 50", "id: 0"), "5:22", "at least 1"),
    Case("the router id is 256", replaced("id: 50", "id: 256"), "5:22", "at most 255"),
    Case(
        "a vIP is a name", replaced("[10.50.50.50/24]", "[www]"), "4:15", "such as 10.50.50.50/24"
    ),
    Case("a vIP has five parts", replaced("50.50/24", "50.50.1"), "4:15", "such as 10"),
    Case("a vIP has leading zeros", replaced("10.50.50.50/24", "10.050.50.50"), "4:15", "such as"),
    Case(
        "a vIP has a netmask", replaced("50.50/24", "50.50/255.255.255.0"), "4:15", "number of bits"
    ),
    Case("a vIP has a zone", replaced("10.50.50.50/24", "'fe80::1%eth0'"), "4:15", "after the %"),
    Case("a vIP is a number", replaced("10.50.50.50/24", "10.5"), "4:15", "Write 10.50.50.50/24"),
    Case("a mask is too long", replaced("50.50/24", "50.50/33"), "4:15", "such as 10.50.50.50/24"),
    Case("a vIP is multicast", replaced("10.50.50.50/24", "224.0.0.18"), "4:15", "of the subnet"),
    Case("a vIP is loopback", replaced("10.50.50.50/24", "127.0.0.1"), "4:15", "of the subnet"),
    Case("a vIP is unspecified", replaced("10.50.50.50/24", "'::'"), "4:15", "fd00:50::50"),
    Case("a vIP is link-local", replaced("10.50.50.50/24", "169.254.1.1"), "4:15", "of the subnet"),
    Case("a vIP is reserved", replaced("10.50.50.50/24", "250.1.1.1"), "4:15", "of the subnet"),
    Case("a vIP is a network", replaced("50.50/24", "50.0/24"), "4:15", "between the two ends"),
    Case("a guest is a broadcast", replaced("50.51/24", "50.255/24"), "7:31", "between the two"),
    Case("a guest has no mask", replaced("50.51/24", "50.51"), "7:31", "Write 10.50.50.51/24"),
    Case("a guest is alone", replaced("50.51/24", "50.51/32"), "7:31", "10.50.50.51/24"),
    Case("the gateway has a mask", added("gateway: 10.50.50.1/24"), "9:10", "10.50.50.1"),
    Case("a name server is a name", added("dns: [dns.example]"), "9:7", "Write one such as"),
    Case("a MAC is short", in_guest("mac: '52:54:00:aa:bb'"), "7:53", "six pairs"),
    Case("a MAC has dashes", in_guest("mac: 52-54-00-AA-BB-CC"), "7:53", "52:54:00:aa:bb:cc"),
    Case("a MAC is multicast", in_guest("mac: '01:00:5e:00:00:12'"), "7:53", "unicast"),
    Case("a MAC is zero", in_guest("mac: '00:00:00:00:00:00'"), "7:53", "unicast"),
    Case("a MAC is a virtual router's", in_guest("mac: '00:00:5E:00:01:32'"), "7:53", "mac out"),
    Case("a MAC is an IPv6 router's", in_guest("mac: '00:00:5e:00:02:01'"), "7:53", "mac out"),
    Case("a MAC begins with fe", in_guest("mac: 'fe:54:00:aa:bb:cc'"), "7:53", "52:54:00"),
    Case("a priority is 255", in_guest("priority: 255"), "7:58", "at most 254"),
    Case("a duration has no unit", added("timeout: 300"), "9:10", "Write 300s"),
    Case("a quoted duration has no unit", added("timeout: '300'"), "9:10", "Write 300s"),
    Case("a duration has a long unit", added("timeout: 5 minutes"), "9:10", "Write 5m"),
    Case("a duration is two", added("timeout: 1m30s"), "9:10", "Write 100ms, 1s"),
    Case("a duration is a list", added("timeout: [5m]"), "9:10", "Write 100ms, 1s"),
    Case("a duration is too fine", in_vip("advert_interval: 0.5ms"), "6:20", "whole milliseconds"),
    Case("a refresh is not whole", in_vip("garp_refresh: 1500ms"), "6:17", "Write 2s"),
    Case("the timeout is too long", added("timeout: 25h"), "9:10", "1s to 86400s"),
    Case("memory has no unit", added("size: {memory: 512}"), "9:16", "Write 512MiB"),
    Case("memory is decimal", added("size: {memory: 512MB}"), "9:16", "Write 512MiB"),
    Case("memory is abbreviated", added("size: {disk: 4g}"), "9:14", "Write 4GiB"),
    Case("memory is tiny", added("size: {memory: 1MiB}"), "9:16", "64MiB to 16TiB"),
    Case("there are no CPUs", added("size: {cpus: 0}"), "9:14", "at least 1"),
    Case("the hypervisor is unknown", added("hypervisor: xen:///"), "9:13", "lxc:///system"),
    Case("the hypervisor is a word", added("hypervisor: lxc"), "9:13", "one of lxc:///system"),
    Case("containers are remote", added("hypervisor: lxc://host/system"), "9:13", "lxc:///system"),
    Case("VMs are remote", added("hypervisor: qemu://host/system"), "9:13", "Write qemu:///system"),
    Case("VMs are a user's", added("hypervisor: qemu:///session"), "9:13", "Write qemu:///system"),
    Case("a socket is named", added("hypervisor: 'lxc:///?socket=/x'"), "9:13", "lxc:///system"),
    Case("QEMU has no path", added("hypervisor: qemu:///"), "9:13", "Write qemu:///system"),
    Case("vSphere has no host", added("hypervisor: vsphere:///DC1"), "9:13", "vsphere://user@"),
    Case("a port is no number", added("hypervisor: vsphere://h:x/DC"), "9:13", "vsphere://user@"),
    Case("a home is somebody's", added("cloud_config: ~root/user.yaml"), "9:15", "Write ~/"),
    Case(
        "a track command is a word", in_vip("track: {a: {command: /x}}"), "6:24", "[/usr/bin/pidof"
    ),
    Case(
        "a track command is empty", in_vip("track: {a: {command: []}}"), "6:24", "[/usr/bin/pidof"
    ),
    Case("a track command has no path", in_vip("track: {a: {command: [x]}}"), "6:24", "no PATH"),
    Case(
        "a track word has two lines",
        in_vip(r'track: {a: {command: [/x, "a\nb"]}}'),
        "6:29",
        "a file",
    ),
    Case(
        "a track word is a number", in_vip("track: {a: {command: [/x, 5]}}"), "6:29", 'quotes: "5"'
    ),
    Case("a track name has a blank", in_vip("track: {a b: {command: [/x]}}"), "6:11", "letters"),
    Case(
        "a track command is longer than keepalived reads",
        in_vip(f"track: {{a: {{command: [/x, {'a' * 1000}]}}}}"),
        "6:24",
        "into a file",
    ),
    Case(
        "a track interval is fractional",
        in_vip("track: {a: {command: [/x], interval: 0.5s}}"),
        "6:40",
        "1",
    ),
]

RULES = [
    Case("two guests have one name", replaced("web-2", "web-1"), "8:12", "name of its own"),
    Case("two guests have one address", replaced(".52/24", ".51/24"), "8:31", "address of its own"),
    Case("the vIP is a guest's", replaced(".52/24", ".50/24"), "8:31", "address of its own"),
    Case("a vIP comes twice", replaced("50/24]", "50/24, 10.50.50.50]"), "4:31", "of its own"),
    Case("the gateway is a guest", added("gateway: 10.50.50.51"), "9:10", "of its own"),
    Case("the vIP is elsewhere", replaced("50.50.50/24", "60.50.50/24"), "4:15", "10.50.50.0/24"),
    Case(
        "the vIP without mask is elsewhere", replaced("50.50.50/24", "9.9.9"), "4:15", "10.50.50.0"
    ),
    Case("the vIP is wider", replaced("50.50/24", "50.50/16"), "4:15", "Write 10.50.50.50/24"),
    Case("the vIP is the broadcast", replaced("50.50/24", "50.255/32"), "4:15", "between the two"),
    Case("a guest lacks a family", LOPSIDED, "8:30", "such as fd00:50::51/64"),
    Case("guests are apart", replaced("50.52/24", "51.52/24"), "8:31", "10.50.50.0/24"),
    Case("guests have other masks", replaced("50.52/24", "50.52/25"), "8:31", "10.50.50.0/24"),
    Case("the gateway is elsewhere", added("gateway: 10.1.1.1"), "9:10", "10.50.50.0/24"),
    Case("the gateway is an edge", added("gateway: 10.50.50.255"), "9:10", "between the two"),
    Case(
        "an observer has a mask", observed_by("10.50.50.250/24"), "9:22", "Write the address alone"
    ),
    Case("an observer is a guest", observed_by("10.50.50.51"), "9:22", "of its own"),
    Case("an observer is there twice", observed_by("10.50.50.9, 10.50.50.9"), "9:34", "of its own"),
    Case("an observer is elsewhere", observed_by("10.1.1.1"), "9:22", "10.50.50.0/24"),
    Case("an observer is an edge", observed_by("10.50.50.0"), "9:22", "between the two"),
    Case("an observer has nothing to see", observed_by("'fd00::9'"), "9:22", "Leave it out"),
    Case(
        "observers are too few",
        observed_by("10.50.50.9").replace("{name: web-2", "{port_group: leaf2, name: web-2"),
        "9:21",
        "Write 2 free addresses",
    ),
    Case("two gateways", added("gateway: [10.50.50.1, 10.50.50.2]"), "9:23", "one of each family"),
    Case("a filter needs another policy", in_guest("filter: clean-traffic"), "7:48", "unchanged"),
    Case("libvirt has nowhere to go", added("placement: {host: a}"), "9:1", "vsphere://"),
    Case("nor for one guest", in_guest("placement: {host: a}"), "7:48", "Leave it out"),
    Case(
        "VMs of libvirt have nowhere to go, not even nowhere",
        added("hypervisor: qemu:///system", "placement: {}"),
        "10:1",
        "Leave it out",
    ),
    Case(
        "a filter and a policy that writes one",
        in_guest("filter: clean-traffic") + "policy: article\n",
        "7:48",
        "unchanged",
    ),
    Case("two MACs are one", in_guest("mac: '52:54:00:e2:1a:5a'"), "8:5", "mac of its own"),
    Case(
        "an interval is fractional", in_vip("version: 2", "advert_interval: 100ms"), "7:20", "whole"
    ),
    Case("an interval is too fine", in_vip("advert_interval: 15ms"), "6:20", "multiple of 10ms"),
    Case("an interval is too long", in_vip("advert_interval: 41s"), "6:20", "40.95s"),
    Case("an interval is zero", in_vip("advert_interval: 0s"), "6:20", "from 10ms"),
    Case(
        "an interval is long for version 2",
        in_vip("version: 2", "advert_interval: 256s"),
        "7:20",
        "255",
    ),
    Case("a profile is too fast", in_vip("profile: fast", "version: 2"), "7:12", "version: 3"),
    Case(
        "IPv6 needs version 3", BOTH.replace("id: 50", "id: 50\n  version: 2"), "6:12", "version: 3"
    ),
    Case("profile and numbers", added("fabric: {profile: frr, moves: 3}"), "9:9", "Keep one"),
    Case("moves without window", added("fabric: {moves: 3}"), "9:9", "Write both"),
    Case("the interface is the vMAC", added("interface: vrrp.50"), "9:12", "such as eth0"),
    Case(
        "no management NIC", in_guest("management_addresses: [192.0.2.1/24]"), "7:71", "management:"
    ),
    Case(
        "extra lines set a priority",
        in_vip("keepalived_extra: priority 7"),
        "6:21",
        "under the guest",
    ),
    Case(
        "a quoted keyword", in_vip("keepalived_extra: '\"state\" MASTER'"), "6:21", "always BACKUP"
    ),
    Case(
        "extra lines include",
        in_vip("keepalived_extra: |", "  #", "  include /x"),
        "8:1",
        "themselves",
    ),
    Case("extra lines close", in_vip("keepalived_extra: |", "  a", "  }"), "8:1", "Close only"),
    Case("extra lines are open", in_vip("keepalived_extra: |", "  a {", "  b"), "7:1", "missing }"),
    Case(
        "an extra quote is open", in_vip("keepalived_extra: |", "  a 'b"), "7:1", "Close the quote"
    ),
    Case("an extra quote holds a brace", in_vip("keepalived_extra: a '{'"), "6:21", "of their own"),
    Case("an extra line has a tab", in_vip("keepalived_extra: |", "  \ta"), "7:1", "with spaces"),
    Case("an extra line notifies", in_vip("keepalived_extra: notify /x"), "6:21", "notify_master"),
    Case(
        "an event has two scripts",
        in_vip("keepalived_extra: |", "  notify_fault /x", '  "notify_fault" /y'),
        "8:1",
        "one script do both",
    ),
    Case("an extra line goes on", in_vip("keepalived_extra: |", "  a \\"), "7:1", "without it"),
    Case(
        "an extra line is conditional", in_vip("keepalived_extra: |", "  @a b"), "7:1", "plain line"
    ),
    Case(
        "an extra line is a loop", in_vip("keepalived_extra: ~SEQ(a,1,2) x"), "6:21", "plain line"
    ),
    Case("an extra line is huge", in_vip(f"keepalived_extra: {'a' * 1001}"), "6:21", "shorter"),
    Case(
        "a delay needs preemption",
        in_vip("keepalived_extra: preempt_delay 5"),
        "6:21",
        "preempt: true",
    ),
    Case("a password in extra lines", in_vip("keepalived_extra: auth_pass x"), "6:21", "RFC 9568"),
]


def one_line(error: SpecError) -> str:
    (line,) = error.details.splitlines()
    return line


@pytest.mark.parametrize("case", [*YAML, *TYPES, *VALUES, *RULES], ids=lambda case: case.sentence)
def test_is_told_with_its_place_and_what_to_write_instead(case: Case) -> None:
    with pytest.raises(SpecError) as caught:
        pairfile.parse(case.text.encode(), path=Path("web.yaml"))
    assert caught.value.exit_code == 2
    assert str(caught.value) == "1 mistake in web.yaml."
    line = one_line(caught.value)
    assert line.startswith(f"web.yaml:{case.at}: ")
    assert case.advice in line
    assert line.isprintable()


def test_file_they_are_made_from_is_valid() -> None:
    assert pairfile.parse(VALID.encode(), path=Path("web.yaml")).name == "web"
    assert pairfile.parse(BOTH.encode(), path=Path("web.yaml")).vip.vrrp_version == 3


def test_no_sentence_is_told_twice() -> None:
    sentences = [case.sentence for case in (*YAML, *TYPES, *VALUES, *RULES)]
    assert len(set(sentences)) == len(sentences) >= 100
