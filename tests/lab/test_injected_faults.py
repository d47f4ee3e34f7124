"""Each fault, injected into one healthy pair, is named by its cause and its layer, and by no other.

One pair serves all tests; each gives back what it changed, and the last looks for what was not. A
pair beside it, on the same bridges, is healthy all the while.
"""

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from lab import containers
from lab.client import ip, plugged
from lab.command import start, vipprov
from lab.conftest import document, write
from vipprov.guest.deadline import Deadline, SystemClock

pytestmark = [pytest.mark.lab, pytest.mark.usefixtures("leaves")]

NAME, NUMBER, LAB = "hurt", 80, "hurt"
BESIDE = "hale"
ROUTER = 50 + NUMBER
NET = f"10.50.{ROUTER}"
VIP, VMAC = f"{NET}.50", f"00:00:5e:00:01:{ROUTER:02x}"
LINK = f"vrrp.{ROUTER}"
GUESTS = (f"{NAME}-1", f"{NAME}-2")
CONF = "/etc/keepalived/keepalived.conf"
DROPPING = "vipprov_test"
NFT = "/run/nft"


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory, leaves: None) -> Iterator[None]:  # noqa: ARG001  the bridges come first
    # A lab of its own: a trunk that goes down would cut off what other tests have on theirs.
    guests = [
        {"name": name, "addresses": [f"{NET}.5{at}/24"], "port_group": f"{LAB}-leaf{at}"}
        for at, name in enumerate(GUESTS, start=1)
    ]
    made = document(NAME, number=NUMBER, guests=guests, port_group=f"{LAB}-leaf1")
    folder = tmp_path_factory.mktemp("hurt")
    path = write(folder / "pair.yaml", made)
    try:
        done = vipprov("lab", "up", "--name", LAB)
        assert done.code == 0, done.err + done.out
        other = start("vm", "create", write(folder / "beside.yaml", beside()))
        done = vipprov("vm", "create", path)
        _, said = other.communicate(timeout=200)
        assert (done.code, other.returncode) == (0, 0), done.err + done.out + said
        yield
    finally:
        vipprov("vm", "destroy", NAME, "--yes")
        vipprov("vm", "destroy", BESIDE, "--yes")
        vipprov("lab", "down", "--name", LAB, "--force")


def beside() -> dict[str, object]:
    """Return a pair on the first and the third bridge, which no fault touches."""
    net = f"10.50.{50 + NUMBER + 1}"
    guests = [
        {
            "name": f"{BESIDE}-{at}",
            "addresses": [f"{net}.5{at}/24"],
            "port_group": f"{LAB}-leaf{at}",
        }
        for at in (1, 3)
    ]
    return document(BESIDE, number=NUMBER + 1, guests=guests, port_group=f"{LAB}-leaf1")


@dataclass(frozen=True, slots=True)
class Roles:
    """Who has the vIP as the test begins, and who has not."""

    owner: str
    backup: str


Injure = Callable[[Roles], AbstractContextManager[None]]


def settled() -> Roles:
    """Wait until exactly one guest holds the vIP, and return the roles."""

    def roles() -> Roles | None:
        owners = [name for name in GUESTS if containers.holds(name, VIP)]
        if len(owners) != 1:
            return None
        (backup,) = set(GUESTS) - set(owners)
        told = containers.inside(backup, f"cat /run/vipprov/role/{NAME}")
        return Roles(owners[0], backup) if told.startswith("BACKUP") else None

    by = Deadline.after(15, clock=SystemClock())
    return by.poll(roles, what="one owner and one backup", every=0.2)


@contextmanager
def within(guest: str, do: str, undo: str) -> Iterator[None]:
    """Run a script in the guest, and another at the end."""
    try:
        containers.inside(guest, do)
        yield
    finally:
        containers.inside(guest, undo)


@contextmanager
def on_host(do: list[str], undo: list[str]) -> Iterator[None]:
    """Run commands on this machine, and others at the end."""
    try:
        for line in do:
            subprocess.run(line.split(), check=True, capture_output=True)
        yield
    finally:
        for line in undo:
            subprocess.run(line.split(), check=False, capture_output=True)


def setting(guest: str, key: str, value: str) -> AbstractContextManager[None]:
    """Give a sysctl of the guest another value until the end."""
    path = f"/proc/sys/net/ipv4/conf/{key}"
    before = containers.inside(guest, f"cat {path}").strip()
    return within(guest, f"echo {value} >{path}", f"echo {before} >{path}")


def edited(guest: str, expression: str, how: str = "restart") -> AbstractContextManager[None]:
    """Edit keepalived.conf by sed and have keepalived read it; give the file back at the end."""
    act = f"systemctl {how} keepalived"
    return within(
        guest,
        f"cp -p {CONF} /run/conf.kept; sed -i -E '{expression}' {CONF}; {act}",
        f"cp -p /run/conf.kept {CONF}; {act}",
    )


def port(guest: str) -> str:
    """Return the host's end of the guest's cable."""
    (found,) = re.findall(
        r"^ *(\S+) +(?:bridge|network) ", containers.virsh("domiflist", guest), re.MULTILINE
    )
    return str(found)


def dropping(*rules: str) -> AbstractContextManager[None]:
    """Drop bridged frames on this machine, which no hypervisor API tells of."""
    return on_host(
        [
            f"nft add table bridge {DROPPING}",
            f"nft add chain bridge {DROPPING} f {{ type filter hook forward priority 0 ; }}",
            *(f"nft add rule bridge {DROPPING} f {rule} drop" for rule in rules),
        ],
        [f"nft delete table bridge {DROPPING}"],
    )


@contextmanager
def bound(guest: str, name: str) -> Iterator[None]:
    """Swap the filter in force on the guest's port, as an administrator would."""
    link = port(guest)
    before = containers.virsh("nwfilter-binding-dumpxml", link)
    bind(
        link,
        f"<filterbinding><owner><name>{guest}</name>"
        f"<uuid>{containers.virsh('domuuid', guest)}</uuid></owner>"
        f"<portdev name='{link}'/><mac address='{nic_mac(guest)}'/>"
        f"<filterref filter='{name}'/></filterbinding>",
    )
    try:
        yield
    finally:
        bind(link, before)


def bind(link: str, xml: str) -> None:
    containers.virsh("nwfilter-binding-delete", link)
    virsh_file("nwfilter-binding-create", xml)


def nic_mac(guest: str) -> str:
    return containers.inside(guest, "cat /sys/class/net/eth0/address").strip()


def virsh_file(verb: str, xml: str) -> None:
    subprocess.run(
        [*containers.VIRSH, verb, "/dev/stdin"],
        input=xml,
        check=True,
        capture_output=True,
        text=True,
    )


# The guest's kernel


def arp_announce_off(roles: Roles) -> AbstractContextManager[None]:
    return setting(roles.owner, "all/arp_announce", "0")


def strict_on_the_virtual_link(roles: Roles) -> AbstractContextManager[None]:
    return setting(roles.owner, f"{LINK}/rp_filter", "1")


def strict_on_all(roles: Roles) -> AbstractContextManager[None]:
    return setting(roles.owner, "all/rp_filter", "1")


# Its interfaces


def by_hand(roles: Roles) -> AbstractContextManager[None]:
    address = f"{VIP}/24 dev {LINK}"
    return within(roles.backup, f"ip address add {address}", f"ip address del {address}")


def macvlan_gone(roles: Roles) -> AbstractContextManager[None]:
    # A link that is deleted keepalived makes anew; one that it is not told of it never makes.
    return edited(roles.backup, "/use_vmac|vmac_xmit_base/d")


def small_mtu(roles: Roles) -> AbstractContextManager[None]:
    sizes = {n: f"ip link set eth0 mtu {n}; ip link set {LINK} mtu {n}" for n in (1280, 1500)}
    return within(roles.backup, sizes[1280], sizes[1500])


def renamed(roles: Roles) -> AbstractContextManager[None]:
    def name(before: str, after: str) -> str:
        down = f"ip link set {before} down; ip link set {before} name {after}"
        return f"{down}; ip link set {after} up"

    again = "networkctl reload; networkctl reconfigure eth0; systemctl restart keepalived"
    return within(roles.backup, name("eth0", "lan0"), f"{name('lan0', 'eth0')}; {again}")


# keepalived


def stopped(roles: Roles) -> AbstractContextManager[None]:
    return within(roles.owner, "systemctl stop keepalived", "systemctl start keepalived")


def frozen(roles: Roles) -> AbstractContextManager[None]:
    return within(roles.owner, "kill -STOP $(pidof keepalived)", "kill -CONT $(pidof keepalived)")


@contextmanager
def killed(roles: Roles) -> Iterator[None]:
    with unit(roles.owner, "Restart=no"):
        containers.inside(roles.owner, "kill -KILL $(pidof keepalived)")
        taken_over(roles)
        yield


def taken_over(roles: Roles) -> None:
    """Wait until the backup has the vIP, too."""
    by = Deadline.after(15, clock=SystemClock())
    by.poll(lambda: containers.holds(roles.backup, VIP) or None, what="a take-over", every=0.2)


def unit(guest: str, line: str) -> AbstractContextManager[None]:
    """Give keepalived's unit a line of its own until the end, and start it anew then."""
    drop_in = "/run/systemd/system/keepalived.service.d"
    return within(
        guest,
        f"mkdir -p {drop_in}; printf '[Service]\\n{line}\\n' >{drop_in}/test.conf;"
        " systemctl daemon-reload",
        f"rm {drop_in}/test.conf; systemctl daemon-reload; systemctl restart keepalived",
    )


def other_router(roles: Roles) -> AbstractContextManager[None]:
    return edited(roles.backup, "s/(virtual_router_id) .*/\\1 99/")


def other_peer(roles: Roles) -> AbstractContextManager[None]:
    return edited(roles.owner, "/unicast_peer/,/}/s/[0-9.]+$/10.50.130.77/")


def other_mask(roles: Roles) -> AbstractContextManager[None]:
    return edited(roles.backup, f"s|{VIP}/24|{VIP}/25|", "reload")


# The hypervisor's ports


def clean_traffic(roles: Roles) -> AbstractContextManager[None]:
    return bound(roles.owner, "clean-traffic")


@contextmanager
def own_mac_only(roles: Roles) -> Iterator[None]:
    mac = nic_mac(roles.owner)
    virsh_file(
        "nwfilter-define",
        f"<filter name='{DROPPING}' chain='mac'>"
        f"<rule action='return' direction='out' priority='100'><mac srcmacaddr='{mac}'/></rule>"
        "<rule action='drop' direction='out' priority='200'><mac/></rule></filter>",
    )
    try:
        with bound(roles.owner, DROPPING):
            yield
    finally:
        containers.virsh("nwfilter-undefine", DROPPING)


def deaf_port(roles: Roles) -> AbstractContextManager[None]:
    link = port(roles.owner)
    set_ = f"bridge link set dev {link}"
    return on_host(
        [f"{set_} learning off flood off", f"bridge fdb del {VMAC} dev {link} master"],
        [f"{set_} learning on flood on"],
    )


def isolated(roles: Roles) -> AbstractContextManager[None]:
    flags = [f"bridge link set dev {port(name)} isolated" for name in (roles.owner, roles.backup)]
    return on_host([f"{one} on" for one in flags], [f"{one} off" for one in flags])


def forged_dropped_unseen(roles: Roles) -> AbstractContextManager[None]:
    return dropping(f"iifname {port(roles.owner)} ether saddr {VMAC}")


def deaf_unseen(roles: Roles) -> AbstractContextManager[None]:
    return dropping(f"oifname {port(roles.owner)} ether daddr {VMAC}")


def both_dropped_unseen(roles: Roles) -> AbstractContextManager[None]:
    link = port(roles.owner)
    return dropping(f"iifname {link} ether saddr {VMAC}", f"oifname {link} ether daddr {VMAC}")


@contextmanager
def doubled(roles: Roles) -> Iterator[None]:
    """Let every port get every frame, as promiscuous ports do, beside a backup that routes."""
    bridges = [f"{LAB}-{name}" for name in ("leaf1", "leaf2", "leaf3", "spine")]
    set_ = "ip link set {} type bridge ageing_time {}"
    routing = "/proc/sys/net/ipv4/ip_forward"
    with (
        within(roles.backup, f"echo 1 >{routing}", f"echo 0 >{routing}"),
        on_host(
            [set_.format(one, 0) for one in bridges], [set_.format(one, 30000) for one in bridges]
        ),
    ):
        yield


# The fabric


def uplink_down(roles: Roles) -> AbstractContextManager[None]:  # noqa: ARG001  an injury
    return on_host([f"ip link set {LAB}-leaf2-up down"], [f"ip link set {LAB}-leaf2-up up"])


def path_dropped(roles: Roles) -> AbstractContextManager[None]:
    uplink = f"{LAB}-leaf1-up" if roles.owner == GUESTS[0] else f"{LAB}-leaf2-up"
    return dropping(f"oifname {uplink} ether saddr {VMAC}")


@contextmanager
def another_machine(roles: Roles) -> Iterator[None]:  # noqa: ARG001  an injury
    with plugged(f"{LAB}-leaf3", f"{VIP}/24"):
        yield


@contextmanager
def another_pair(roles: Roles) -> Iterator[None]:  # noqa: ARG001  an injury
    with plugged(f"{LAB}-leaf3", f"{VIP}/24") as other:
        ip("-n", other.namespace, "link", "set", "eth0", "address", VMAC)
        yield


RIVAL = """
vrrp_instance rival {{
    interface eth0
    virtual_router_id {router}
    priority 100
    use_vmac vrrp.{router}
    virtual_ipaddress {{
        {net}.77/24
    }}
}}
"""


@contextmanager
def rival_keepalived(roles: Roles) -> Iterator[None]:  # noqa: ARG001  an injury
    """Run a keepalived of somebody else, with the same router id and an address of its own."""
    with plugged(f"{LAB}-leaf3", f"{NET}.76/24") as other, TemporaryDirectory() as folder:
        conf = Path(folder) / "keepalived.conf"
        conf.write_text(RIVAL.format(router=ROUTER, net=NET))
        files = [word for one in "prc" for word in (f"-{one}", f"{folder}/{one}.pid")]
        enter = ("ip", "netns", "exec", other.namespace)
        daemon = subprocess.Popen(
            [*enter, "keepalived", "-n", "-l", "-P", "-f", str(conf), *files],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            by = Deadline.after(15, clock=SystemClock())
            has = ("ip", "-o", "address", "show", "to", f"{NET}.77")
            by.poll(lambda: other.run(*has).stdout or None, what="the other pair", every=0.2)
            yield
        finally:
            daemon.terminate()
            daemon.wait(10)


# The guest's firewall


def firewall_that_tells(roles: Roles) -> AbstractContextManager[None]:
    return within(
        roles.backup,
        f"{NFT}/nft add table inet {DROPPING};"
        f" {NFT}/nft 'add chain inet {DROPPING} f {{ type filter hook input priority 0; }}';"
        f" {NFT}/nft add rule inet {DROPPING} f meta l4proto 112 drop;"
        f" ln -s {NFT}/nft /usr/sbin/nft",
        f"rm /usr/sbin/nft; {NFT}/nft delete table inet {DROPPING}",
    )


@pytest.fixture(scope="module")
def nft_in_guests(pair: None) -> None:  # noqa: ARG001  guests to bring it to
    """Bring this machine's nft with its libraries into both guests, where it is not found yet."""
    program = shutil.which("nft", path="/usr/sbin:/sbin:/usr/bin")
    assert program is not None
    listed = subprocess.run(["ldd", program], check=True, capture_output=True, text=True).stdout
    libraries = re.findall(r"(/\S+) \(", listed)
    (loader,) = (one for one in libraries if "ld-linux" in one)
    run = f"{NFT}/{Path(loader).name} --library-path {NFT} {NFT}/nft.real"
    for guest in GUESTS:
        containers.inside(guest, f"mkdir -p {NFT}")
        root = Path(f"/proc/{containers.init(guest)}/root{NFT}")
        for library in libraries:
            shutil.copy(library, root)
        shutil.copy(program, root / "nft.real")
        (root / "nft").write_text(f'#!/bin/sh\nexec {run} "$@"\n')
        (root / "nft").chmod(0o755)


# Nobody knows


def adverts_dropped_unseen(roles: Roles) -> AbstractContextManager[None]:
    return dropping(f"iifname {port(roles.owner)} ip protocol 112")


def firewall(roles: Roles) -> AbstractContextManager[None]:
    # There is no nft in these guests, so none of them can tell of the rule.
    nft = f"nsenter -t {containers.init(roles.backup)} -n nft"
    return on_host(
        [
            f"{nft} add table inet {DROPPING}",
            f"{nft} add chain inet {DROPPING} f {{ type filter hook input priority 0 ; }}",
            f"{nft} add rule inet {DROPPING} f meta l4proto 112 drop",
        ],
        [f"{nft} delete table inet {DROPPING}"],
    )


@pytest.mark.parametrize(
    ("injure", "layer", "cause"),
    [
        (arp_announce_off, "guest sysctl", "sysctl"),
        (strict_on_the_virtual_link, "guest sysctl", "rp-filter"),
        (strict_on_all, "guest sysctl", "rp-filter"),
        (by_hand, "guest interface", "address-by-hand"),
        (macvlan_gone, "guest interface", "macvlan-missing"),
        (small_mtu, "guest interface", "mtu"),
        (stopped, "keepalived", "keepalived-stopped"),
        (frozen, "keepalived", "keepalived-frozen"),
        (killed, "keepalived", "keepalived-killed"),
        (other_router, "keepalived", "router-id"),
        (other_peer, "keepalived", "peers"),
        (other_mask, "keepalived", "addresses"),
        (clean_traffic, "hypervisor port", "port-filter"),
        (own_mac_only, "hypervisor port", "port-filter"),
        (deaf_port, "hypervisor port", "port-deaf"),
        (isolated, "hypervisor port", "ports-isolated"),
        (forged_dropped_unseen, "hypervisor port", "forged-transmits"),
        (deaf_unseen, "hypervisor port", "promiscuous"),
        (both_dropped_unseen, "hypervisor port", "forged-transmits"),
        (doubled, "hypervisor port", "duplicated"),
        (uplink_down, "fabric", "segments-not-joined"),
        (path_dropped, "fabric", "fabric-path"),
        (another_machine, "fabric", "stranger"),
        (another_pair, "fabric", "stranger"),
        (rival_keepalived, "fabric", "router-id-shared"),
        (firewall_that_tells, "guest interface", "adverts-dropped"),
        (adverts_dropped_unseen, "unknown", "adverts-lost"),
        (firewall, "unknown", "adverts-lost"),
        (renamed, "guest interface", "interface-missing"),
    ],
    ids=lambda value: value.__name__ if callable(value) else None,
)
@pytest.mark.usefixtures("pair", "nft_in_guests")
def test_injected_fault_is_named_by_its_cause(injure: Injure, layer: str, cause: str) -> None:
    with ExitStack() as undo:
        undo.enter_context(injure(settled()))
        other = start("verify", BESIDE, "--explain", "--json")
        verified = vipprov("verify", NAME, "--explain", "--json")
        beside, error = other.communicate(timeout=120)
    assert json.loads(beside)["explanation"]["standing"] == "healthy", (beside, error)
    told = verified.document
    assert verified.code == 1, verified.err
    explanation = told["explanation"]
    wrong = [
        f"{one['id']} ({one['subject']}): {one['seen']}"
        for one in told["checks"]
        if one["verdict"] != "pass"
    ]
    assert (explanation["layer"], explanation["cause"]) == (layer, cause), json.dumps(
        [explanation, wrong], indent=1
    )
    assert explanation["unexplained"] == [], json.dumps([explanation, wrong], indent=1)


@pytest.mark.usefixtures("pair")
def test_keepalived_that_systemd_starts_again_leaves_a_healthy_pair() -> None:
    owner = settled().owner

    def processes() -> set[str]:
        return set(containers.inside(owner, "pidof keepalived || true").split())

    before = processes()
    with unit(owner, "Restart=always"):
        containers.inside(owner, "kill -KILL $(pidof keepalived)")
        by = Deadline.after(30, clock=SystemClock())
        by.poll(lambda: processes() - before or None, what="a new keepalived", every=0.2)
        settled()
        verified = vipprov("verify", NAME, "--explain", "--json")
    assert verified.document["explanation"]["standing"] == "healthy", verified.out


@pytest.mark.usefixtures("pair")
def test_pair_is_healthy_again_once_every_fault_is_taken_back() -> None:
    settled()
    verified = vipprov("verify", NAME, "--explain", "--json")
    assert verified.code == 0, verified.out
    assert verified.document["explanation"]["standing"] == "healthy"
