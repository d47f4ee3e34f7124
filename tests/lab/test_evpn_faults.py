"""Each fault of an EVPN fabric is named by its cause; a pair that it does not touch is healthy.

One lab, a pair on its first two leafs, and one beside it on the first and the third.
"""

import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from lab import containers
from lab.client import ip, plugged
from lab.command import start, vipprov
from lab.conftest import document, write
from lab.evpnhost import by
from lab.evpnlabs import lab, remains
from vipprov.hv import frames
from vipprov.hv.fabric import evpnlab
from vipprov.hv.fabric.evpnspec import FIRST_VNI, underlay

pytestmark = [pytest.mark.lab, pytest.mark.usefixtures("pairs")]

LAB = "flt"
LEAFS = tuple(f"{LAB}-leaf{number}" for number in (1, 2, 3))
HURT, BESIDE = "flta", "fltb"
NET = "10.50.142"
VIP, VMAC = f"{NET}.50", "00:00:5e:00:01:8e"
WRONG = "02:00:00:00:00:99"
AGEING = 20


def file(folder: Path, name: str, *, number: int, leafs: tuple[str, ...], refresh: str) -> Path:
    net = f"10.50.{50 + number}"
    guests = [
        {"name": f"{name}-{at}", "addresses": [f"{net}.5{at}/24"], "port_group": leaf}
        for at, leaf in enumerate(leafs, start=1)
    ]
    vip = {
        "addresses": [f"{net}.50/24"],
        "virtual_router_id": 50 + number,
        "garp_refresh": refresh,
    }
    made = document(name, number=number, port_group=leafs[0], vip=vip, guests=guests)
    return write(folder / f"{name}-{refresh}.yaml", made)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("faults")


@pytest.fixture(scope="module")
def pairs(folder: Path, leaves: None) -> Iterator[None]:  # noqa: ARG001  the image comes first
    up = ("--kind", "evpn", "--arp-suppression", "--dup-freeze", "300s", "--ageing", f"{AGEING}s")
    hurt = file(folder, HURT, number=92, leafs=LEAFS[:2], refresh="3s")
    beside = file(folder, BESIDE, number=93, leafs=(LEAFS[0], LEAFS[2]), refresh="3s")
    try:
        done = lab("up", *up, name=LAB)
        assert done.code == 0, done.err
        other = start("vm", "create", beside)
        made = vipprov("vm", "create", hurt)
        _, said = other.communicate(timeout=200)
        assert (made.code, other.returncode) == (0, 0), (made.out, made.err, said)
        yield
    finally:
        for name in (HURT, BESIDE):
            vipprov("vm", "destroy", name, "--yes")
        lab("down", "--force", name=LAB)
    assert remains(LAB) == set()


@dataclass(frozen=True, slots=True)
class Roles:
    """Who has the vIP as the test begins, and the numbers of the leafs of both."""

    owner: str
    near: int
    far: int

    @property
    def backup(self) -> str:
        return f"{HURT}-{self.far}"


Injure = Callable[[Roles], AbstractContextManager[None]]


def settled() -> Roles:
    """Wait until one guest holds the vIP and every leaf has the virtual MAC behind its leaf.

    Each fault that cuts the pair in two costs moves, and on a busy machine so many that the fabric
    freezes the MAC: that is forgiven, or all faults to come would be found frozen. Who has it says
    so again then, for what it said meanwhile went unheard.
    """

    def roles() -> Roles | None:
        owners = [at for at in (1, 2) if containers.holds(f"{HURT}-{at}", VIP)]
        if len(owners) != 1:
            return None
        (near,) = owners
        fabric = evpnlab.status(LAB, by=by())
        vtep = fabric.leafs[near - 1].vtep
        known = [leaf.mac(VMAC, vni=FIRST_VNI) for leaf in fabric.leafs]
        if any(known) and fabric.duplicate(VMAC, vni=FIRST_VNI):
            forgive()
            announce(f"{HURT}-{near}")
            return None
        placed = [one and (one.vtep or fabric.leafs[at].vtep) for at, one in enumerate(known)]
        is_so = fabric.ready and set(placed) == {vtep}
        return Roles(f"{HURT}-{near}", near, 3 - near) if is_so else None

    return by(40).poll(roles, what="one owner that all leafs know", every=0.3)


def forgive() -> None:
    """Let every leaf forget which MACs it has found to be duplicates."""
    for leaf in range(1, len(LEAFS) + 1):
        vtysh(leaf, "clear evpn dup-addr vni all")


def run(*argv: str) -> None:
    subprocess.run(argv, check=True, capture_output=True)


def vtysh(leaf: int, *commands: str) -> None:
    place = f"/run/vipprov-{LAB}/vtep{leaf}"
    words = [word for command in commands for word in ("-c", command)]
    files = ("--vty_socket", place, "--config_dir", place, "--histfile", f"{place}/history")
    run("vtysh", *files, *words)


def inside(leaf: int) -> str:
    return f"vipprov-{LAB}-vtep{leaf}"


@contextmanager
def both(do: Callable[[], object], undo: Callable[[], object]) -> Iterator[None]:
    try:
        do()
        yield
    finally:
        undo()


# What joins the leafs


def uplink_down(roles: Roles) -> AbstractContextManager[None]:  # noqa: ARG001  an injury
    link = ("-n", f"vipprov-{LAB}-spine", "link", "set", "vtep2")
    return both(lambda: ip(*link, "down"), lambda: ip(*link, "up"))


def access_down(roles: Roles) -> AbstractContextManager[None]:  # noqa: ARG001  an injury
    link = ("link", "set", f"{LEAFS[1]}-up")
    return both(lambda: ip(*link, "down"), lambda: ip(*link, "up"))


def session_down(roles: Roles) -> AbstractContextManager[None]:  # noqa: ARG001  an injury
    enter = ("configure", "router bgp 65000")
    shut = "neighbor 100.64.0.2 shutdown"
    return both(lambda: vtysh(1, *enter, shut), lambda: vtysh(1, *enter, f"no {shut}"))


def refused(leaf: int, of: int, *match: str) -> AbstractContextManager[None]:
    """Let a leaf take no routes that match from another; without a match, no routes at all."""
    peer = f"100.64.0.{of}"
    enter = ("router bgp 65000", "address-family l2vpn evpn")
    # Not `out`: FRR 8.4 sends again after ten seconds what such a map has withdrawn.
    taken = f"neighbor {peer} route-map REFUSE in"
    rules = ("route-map REFUSE deny 10", *match, "exit")
    again = f"clear bgp l2vpn evpn {peer} soft in"

    def do() -> None:
        rest = ("route-map REFUSE permit 20", "exit")
        vtysh(leaf, "configure", *rules, *rest, *enter, taken)
        vtysh(leaf, again)
        by(20).poll(withdrawn, what="the end of the routes", every=0.3)

    def withdrawn() -> bool | None:
        there = evpnlab.status(LAB, by=by()).leafs[leaf - 1]
        floods = any(underlay(of) in known.vteps for known in there.flood_lists)
        is_unknown = there.mac(VMAC, vni=FIRST_VNI) is None
        return (is_unknown and (bool(match) or not floods)) or None

    def undo() -> None:
        vtysh(leaf, "configure", *enter, f"no {taken}")
        vtysh(leaf, "configure", "no route-map REFUSE")
        vtysh(leaf, again)

    return both(do, undo)


def no_routes(roles: Roles) -> AbstractContextManager[None]:
    # Type 3 alone does not do: FRR floods as well to whoever a type-2 route comes from.
    return refused(roles.far, roles.near)


def daemons_hang(roles: Roles) -> AbstractContextManager[None]:  # noqa: ARG001  an injury
    process = Path(f"/run/vipprov-{LAB}/vtep2/zebra.pid").read_text().strip()
    return both(lambda: run("kill", "-STOP", process), lambda: run("kill", "-CONT", process))


def small_underlay(roles: Roles) -> AbstractContextManager[None]:
    link = ("-n", f"vipprov-{LAB}-spine", "link", "set", "vtep2", "mtu")

    def do() -> None:
        assert large_packets_pass(roles)
        ip(*link, "1500")
        assert not large_packets_pass(roles)

    return both(do, lambda: ip(*link, "1600"))


def large_packets_pass(roles: Roles) -> bool:
    peer = f"{NET}.5{roles.far}"
    ping = f"ping -n -q -c 3 -i 0.2 -W 1 -M do -s 1472 {peer}"
    return "100% packet loss" not in containers.inside(roles.owner, f"{ping} || true")


# What the leafs know


def no_type_2(roles: Roles) -> AbstractContextManager[None]:
    return refused(roles.far, roles.near, "match evpn route-type macip")


def stale_neighbour(roles: Roles) -> AbstractContextManager[None]:
    entry = (VIP, "dev", f"br{FIRST_VNI}")
    wrong = ("lladdr", WRONG, "nud", "permanent")
    within = ("-n", inside(roles.far), "neigh")

    def undo() -> None:
        ip(*within, "del", *entry)
        announce(roles.owner)

    return both(lambda: ip(*within, "replace", *entry, *wrong), undo)


def deaf_leaf(roles: Roles) -> AbstractContextManager[None]:
    port = f"host{FIRST_VNI}"
    bridge = ("ip", "netns", "exec", inside(roles.near), "bridge")

    def do() -> None:
        run(*bridge, "link", "set", "dev", port, "learning", "off")
        run(*bridge, "fdb", "del", VMAC, "dev", port, "master")
        fabric_knows(where=None)

    return both(do, lambda: run(*bridge, "link", "set", "dev", port, "learning", "on"))


@contextmanager
def pinned_elsewhere(roles: Roles) -> Iterator[None]:
    entry = (VMAC, "dev", f"host{FIRST_VNI}", "master")
    fdb = ("ip", "netns", "exec", inside(roles.far), "bridge", "fdb")

    def both_have_it() -> bool | None:
        leafs = evpnlab.macs(LAB, by=by()).leafs
        known = [leafs[number - 1].mac(VMAC, vni=FIRST_VNI) for number in (roles.near, roles.far)]
        return all(one is not None and one.vtep is None for one in known) or None

    # With the route from the owner's leaf the entry would not last: that wins it back (FRR 8.4).
    with (
        no_type_2(roles),
        both(lambda: run(*fdb, "replace", *entry, "static"), lambda: run(*fdb, "del", *entry)),
    ):
        by(20).poll(both_have_it, what="the virtual MAC at home and elsewhere", every=0.3)
        yield


def fabric_knows(*, where: int | None) -> None:
    """Wait until the first leaf of the pair that has the virtual MAC is this one, or none has."""

    def arrived() -> bool | None:
        leafs = evpnlab.macs(LAB, by=by()).leafs
        local = [
            one.number
            for one in leafs
            if (mac := one.mac(VMAC, vni=FIRST_VNI)) is not None and mac.vtep is None
        ]
        return (local[:1] == ([] if where is None else [where])) or None

    by(3 * AGEING).poll(arrived, what=f"the virtual MAC on leaf {where}", every=0.3)


SEND = """
import socket, sys
wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
wire.bind((sys.argv[1], 0))
wire.send(bytes.fromhex(sys.argv[2]))
"""


def announce(guest: str) -> None:
    """Let a guest say that the virtual MAC is behind it, whether it is or not."""
    frame = frames.announcement(VMAC, IPv4Address(VIP)).hex()
    enter = ("nsenter", "-t", str(containers.init(guest)), "-n")
    run(*enter, "python3", "-c", SEND, "eth0", frame)


def judged(name: str, *arguments: str) -> tuple[str, list[str], str]:
    """Return the cause that verify names, what it does not explain, and all that it said."""
    process = start("verify", name, "--explain", "--json", *arguments)
    said, error = process.communicate(timeout=120)
    assert process.returncode in {0, 1}, error
    told = json.loads(said)
    wrong = [
        f"{one['id']} ({one['subject']}): {one['seen']}"
        for one in told["checks"]
        if one["verdict"] != "pass"
    ]
    found = told["explanation"]
    layer = f"{found['layer']}, {found['cause']}" if found["layer"] else found["standing"]
    return layer, found["unexplained"], json.dumps([found, wrong], indent=1)


@pytest.mark.parametrize(
    ("injure", "cause"),
    [
        (uplink_down, "leaf-cut"),
        (access_down, "leaf-cut"),
        (session_down, "bgp-session"),
        (no_routes, "type-3-missing"),
        (small_underlay, "fabric-mtu"),
        (no_type_2, "type-2-missing"),
        (stale_neighbour, "stale-neighbour"),
        (deaf_leaf, "vmac-unlearnt"),
        (pinned_elsewhere, "vmac-misplaced"),
        (daemons_hang, "leaf-silent"),
    ],
    ids=lambda value: value.__name__ if callable(value) else None,
)
def test_fault_of_the_fabric_is_named_and_a_pair_beside_it_is_healthy(
    injure: Injure, cause: str
) -> None:
    with injure(settled()):
        beside = start("verify", BESIDE, "--explain", "--json")
        layer, unexplained, said = judged(HURT)
        told, error = beside.communicate(timeout=120)
    assert (layer, unexplained) == (f"fabric, {cause}", []), said
    assert json.loads(told)["explanation"]["standing"] == "healthy", (told, error)


def test_stale_entry_of_a_client_is_told_from_one_of_the_fabric() -> None:
    roles = settled()
    with plugged(LEAFS[2], f"{NET}.9/24") as client:
        asked = ("--client", client.namespace)
        assert judged(HURT, *asked)[0] == "healthy"
        ip("-n", client.namespace, "neigh", "replace", VIP, "lladdr", WRONG, "dev", "eth0")
        layer, unexplained, said = judged(HURT, *asked)
        assert (layer, unexplained) == ("client, client-stale", []), said
        assert client.neighbour(VIP) == WRONG
        # What it believes for itself is nothing beside what a leaf tells all its clients.
        with stale_neighbour(roles):
            layer, unexplained, said = judged(HURT, *asked)
        assert (layer, unexplained) == ("fabric, stale-neighbour", []), said


def test_both_pairs_are_healthy_once_every_fault_is_taken_back() -> None:
    settled()
    assert [judged(name)[0] for name in (HURT, BESIDE)] == ["healthy"] * 2


def test_virtual_mac_that_nobody_refreshes_ages_out_of_the_fabric(folder: Path) -> None:
    settled()
    forgetful = file(folder, HURT, number=92, leafs=LEAFS[:2], refresh="0s")
    done = vipprov("vm", "create", forgetful)
    assert done.code == 0, (done.out, done.err)
    fabric_knows(where=None)
    layer, unexplained, said = judged(HURT)
    assert (layer, unexplained) == ("fabric, vmac-aged-out", []), said
    assert judged(BESIDE)[0] == "healthy"


def test_duplicate_that_the_fabric_has_frozen_is_named() -> None:
    owner = next(f"{HURT}-{at}" for at in (1, 2) if containers.holds(f"{HURT}-{at}", VIP))
    announce(owner)
    roles = settled()

    def flagged() -> bool | None:
        for guest in (roles.backup, roles.owner):
            announce(guest)
        return evpnlab.macs(LAB, by=by()).duplicate(VMAC, vni=FIRST_VNI) or None

    by(30).poll(flagged, what="a duplicate", every=0.5)
    announce(roles.owner)
    layer, unexplained, said = judged(HURT)
    assert (layer, unexplained) == ("fabric, duplicate-frozen", []), said
    assert judged(BESIDE)[0] == "healthy"
    settled()  # as soon as it is forgiven
