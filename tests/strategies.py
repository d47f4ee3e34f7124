"""Valid pair files for property-based tests, as the dicts that a file of them would hold."""

import json
from ipaddress import IPv4Network, IPv6Network
from typing import Any

from hypothesis import strategies as st

Document = dict[str, Any]

# All of it arrives, though keepalived.conf has a use of its own for much of it: quotes, # and $.
_ODD_WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=["C", "Z"]) | st.just(" "), max_size=20
)
_PROGRAMS = st.sampled_from(["/bin/true", "/bin/false", "/bin/sleep", "/usr/bin/env"])
_NAMES = st.from_regex(r"[a-z][a-z0-9]{0,7}(-[a-z0-9]{1,4})?", fullmatch=True)
_EXTRA = st.sampled_from(
    [
        "garp_master_repeat 3",
        "garp_master_delay 2",
        "garp_lower_prio_repeat 1",
        "dont_track_primary",
        "higher_prio_send_advert on",
        'notify_master "/bin/true #"',
        "# priority 7 } of a comment",
        "# it's a comment",
        "! virtual_router_id 3 {",
        "",
        "   debug 1   # indented",
    ]
)


def as_yaml(document: object) -> bytes:
    """Return the document as text; JSON is YAML."""
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


@st.composite
def pair_documents(draw: st.DrawFn) -> Document:
    """Return a pair file of two to four guests that is valid in every respect."""
    families = draw(st.sampled_from([(4,), (6,), (4, 6)]))
    names = draw(st.lists(_NAMES, min_size=2, max_size=4, unique=True))
    hosts = draw(
        st.lists(st.integers(2, 200), min_size=len(names) + 4, max_size=len(names) + 4, unique=True)
    )
    subnets = [draw(_subnets(family)) for family in families]
    document: Document = {
        "name": draw(_NAMES),
        "port_group": draw(_port_groups()),
        "vip": draw(_vips(subnets, hosts[len(names) + 1 :])),
        "guests": [
            draw(_guests(name, [f"{net[host]}/{net.prefixlen}" for net in subnets]))
            for name, host in zip(names, hosts, strict=False)
        ],
    }
    if draw(st.booleans()):
        document["gateway"] = [str(net[hosts[len(names)]]) for net in subnets]
    if draw(st.booleans()):
        free = (net[host] for net in subnets for host in range(201, 201 + len(names)))
        document["verify"] = {"observers": [str(address) for address in free]}
    document.update(draw(_settings()))
    return document


@st.composite
def _subnets(draw: st.DrawFn, family: int) -> IPv4Network | IPv6Network:
    if family == 4:
        third = draw(st.integers(0, 255))
        return IPv4Network((f"10.{draw(st.integers(0, 255))}.{third}.0", 24))
    return IPv6Network((f"fd00:{draw(st.integers(0, 0xFFFF)):x}::", 64))


@st.composite
def _vips(draw: st.DrawFn, subnets: list[IPv4Network | IPv6Network], hosts: list[int]) -> Document:
    addresses = [
        f"{net[host]}{draw(st.sampled_from(['', f'/{net.prefixlen}', f'/{net.max_prefixlen}']))}"
        for host in hosts[: draw(st.integers(1, len(hosts)))]
        for net in subnets
    ]
    vip: Document = {
        "addresses": draw(st.permutations(addresses)),
        "virtual_router_id": draw(st.integers(1, 255)),
    }
    vip.update(draw(_timers(with_ipv6=any(net.version == 6 for net in subnets))))
    optional = {
        "vmac": st.booleans(),
        "preempt": st.booleans(),
        "garp_refresh": st.sampled_from(["0s", "10s", "1m"]),
        "track": st.dictionaries(_NAMES, _tracks(), max_size=2),
        "keepalived_extra": st.lists(_EXTRA, max_size=4, unique=True).map("\n".join),
    }
    vip.update(draw(st.fixed_dictionaries({}, optional=optional)))
    return vip


@st.composite
def _timers(draw: st.DrawFn, *, with_ipv6: bool) -> Document:
    whole = st.integers(1, 40).map(lambda seconds: f"{seconds}s")
    hundredths = st.integers(1, 4095).map(lambda number: f"{number * 10}ms")
    second = st.fixed_dictionaries({"version": st.just(2), "advert_interval": whole})
    third = st.fixed_dictionaries({"version": st.just(3), "advert_interval": whole | hundredths})
    profile = st.fixed_dictionaries({"profile": st.sampled_from(["safe", "fast", "article"])})
    chosen = profile | third if with_ipv6 else profile | second | third
    return dict(draw(chosen))


@st.composite
def _tracks(draw: st.DrawFn) -> Document:
    words = draw(st.lists(_ODD_WORDS, max_size=3))
    track: Document = {"command": [draw(_PROGRAMS), *words]}
    optional = {
        "interval": st.sampled_from(["1s", "2s", "1m"]),
        "fall": st.integers(1, 255),
        "rise": st.integers(1, 255),
    }
    track.update(draw(st.fixed_dictionaries({}, optional=optional)))
    return track


@st.composite
def _guests(draw: st.DrawFn, name: str, addresses: list[str]) -> Document:
    guest: Document = {"name": name, "addresses": addresses}
    optional = {"port_group": _port_groups(), "priority": st.integers(1, 254)}
    guest.update(draw(st.fixed_dictionaries({}, optional=optional)))
    return guest


def _port_groups() -> st.SearchStrategy[str]:
    return st.sampled_from(["leaf1", "leaf2", "VM Network", "dvpg-50 (prod) & 'test'", "сеть"])


@st.composite
def _settings(draw: st.DrawFn) -> Document:
    settings = st.sampled_from(["accept", "reject"])
    policy = st.fixed_dictionaries(
        {"promiscuous": settings},
        optional={"mac_changes": settings, "forged_transmits": settings},
    )
    optional: dict[str, st.SearchStrategy[Any]] = {
        "policy": st.sampled_from(["least", "article", "unchanged"]) | policy,
        "promisc": st.sampled_from(["auto", "on", "off"]),
        "interface": st.sampled_from(["eth0", "ens192", "enp1s0"]),
        "size": st.just({"cpus": 2, "memory": "1GiB", "disk": "8GiB"}),
        "dns": st.just(["9.9.9.9", "fd00::53"]),
        "password": st.sampled_from(["env:GUEST_PASSWORD", "file:~/.guest-password"]),
        "packages": st.fixed_dictionaries({"update": st.booleans()}),
        "sysctl": st.just({"net.ipv4.ip_forward": 1, "net.ipv4.tcp_rmem": "4096 131072 6291456"}),
        "management": st.just({"port_group": "mgmt"}),
        "fabric": st.sampled_from([{"profile": "nxos"}, {"moves": 2, "window": "30s"}]),
        "timeout": st.sampled_from(["90s", "10m", "1h"]),
    }
    return dict(draw(st.fixed_dictionaries({}, optional=optional)))
