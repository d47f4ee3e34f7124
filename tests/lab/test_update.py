"""An edited pair file is applied in the running guests, and nothing else happens."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lab import containers
from lab.client import Client, plugged
from lab.command import vipprov
from lab.conftest import document, write
from vipprov.guest.deadline import Deadline, SystemClock

pytestmark = [pytest.mark.lab, pytest.mark.usefixtures("leaves")]

NUMBER = 11
VIP, SECOND = "10.50.61.50", "10.50.61.60"
GUESTS = ("edit-1", "edit-2")

Edit = Callable[..., Path]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("edit")


@pytest.fixture(scope="module")
def client(folder: Path, leaves: None) -> Iterator[Client]:  # noqa: ARG001  the bridges come first
    try:
        done = vipprov("vm", "create", write(folder / "pair.yaml", document("edit", number=NUMBER)))
        assert done.code == 0, done.err
        with plugged("leaf3", "10.50.61.99/24") as one:
            yield one
    finally:
        vipprov("vm", "destroy", "edit", "--yes")


@pytest.fixture
def edit(folder: Path, client: Client) -> Edit:  # noqa: ARG001  the pair is there before it is edited
    """Write the pair file with some changes; a change of `vip` adds to what is there."""

    def edited(*, vip: dict[str, object] | None = None, **changes: object) -> Path:
        made = document("edit", number=NUMBER, **changes)
        before = made["vip"]
        assert isinstance(before, dict)
        return write(folder / "pair.yaml", made | {"vip": before | (vip or {})})

    return edited


def processes() -> list[int]:
    return [containers.init(name) for name in GUESTS]


def owners(address: str) -> list[str]:
    return [name for name in GUESTS if containers.holds(name, address)]


def planned(path: Path) -> list[str]:
    """Return the lines that a plan adds or removes, without the heads of its diffs."""
    actions = vipprov("vm", "plan", path, "--json").document["actions"]
    diffs = [line for one in actions for file in one["files"] for line in file["diff"].splitlines()]
    return sorted({line for line in diffs if line[0] in "+-" and line[:3] not in ("+++", "---")})


def applied(path: Path) -> None:
    before = processes()
    done = vipprov("vm", "create", path, "--json")
    assert done.code == 0, done.err + done.out
    assert done.document["result"] == "changed"
    assert processes() == before
    assert len(owners(VIP)) == 1
    assert vipprov("vm", "plan", path, "--exit-code").code == 0


def test_another_priority_is_planned_exactly_and_applied(edit: Edit) -> None:
    guests = document("edit", number=NUMBER)["guests"]
    assert isinstance(guests, list)
    path = edit(guests=[guests[0] | {"priority": 200}, guests[1]])
    assert planned(path) == ["+    priority 200", "-    priority 254"]
    assert vipprov("vm", "plan", path, "--exit-code").code == 9
    applied(path)


def test_added_virtual_address_answers(edit: Edit, client: Client) -> None:
    path = edit(vip={"addresses": [f"{VIP}/24", f"{SECOND}/24"]})
    assert f"+        {SECOND}/24" in planned(path)
    applied(path)
    assert client.pings(SECOND)


def test_sysctl_is_in_force_at_once(edit: Edit) -> None:
    path = edit(sysctl={"net.ipv4.tcp_keepalive_time": 1234})
    assert "+net.ipv4.tcp_keepalive_time = 1234" in planned(path)
    applied(path)
    for name in GUESTS:
        seen = containers.inside(name, "cat /proc/sys/net/ipv4/tcp_keepalive_time")
        assert seen.strip() == "1234"


def test_faster_adverts_need_no_restart_and_leave_one_owner(edit: Edit, client: Client) -> None:
    pids = [containers.inside(name, "systemctl show -p MainPID keepalived") for name in GUESTS]
    path = edit(vip={"advert_interval": "100ms"})
    assert {"+    advert_int 0.1", "-    advert_int 1"} <= set(planned(path))
    applied(path)
    after = [containers.inside(name, "systemctl show -p MainPID keepalived") for name in GUESTS]
    assert pids == after
    assert client.pings(VIP)


def test_keepalived_that_somebody_stopped_is_started_again(edit: Edit) -> None:
    path = edit()
    containers.inside(GUESTS[1], "systemctl stop keepalived")
    plan = vipprov("vm", "plan", path)
    assert f"~ start keepalived in {GUESTS[1]}" in plan.out
    applied(path)


def test_another_router_id_never_leaves_two_owners(edit: Edit, client: Client) -> None:
    path = edit(vip={"virtual_router_id": 161})
    applied(path)
    assert set(client.arp_answers(VIP)) == {"00:00:5e:00:01:a1"}
    applied(edit())


def test_what_needs_a_new_machine_says_what_and_why_and_changes_nothing(edit: Edit) -> None:
    before = processes()
    path = edit(size={"memory": "768MiB"})
    refused = vipprov("vm", "create", path)
    assert refused.code == 2
    assert "size" in refused.err
    assert "--replace" in refused.err
    assert processes() == before


def test_edit_survives_a_reboot_with_the_same_host_keys(edit: Edit) -> None:
    guests = document("edit", number=NUMBER)["guests"]
    assert isinstance(guests, list)
    applied(edit(guests=[guests[0], guests[1] | {"priority": 111}]))
    keys = containers.inside("edit-2", "cat /etc/ssh/ssh_host_*_key.pub")
    old = containers.init("edit-2")
    containers.inside("edit-2", "systemctl --no-block reboot")
    by = Deadline.after(60, clock=SystemClock())

    def back() -> bool | None:
        try:
            up = containers.inside("edit-2", "cat /run/vipprov/role/edit").startswith("BACKUP")
        except (OSError, ValueError, IndexError, containers.Failed):
            return None
        return (up and containers.init("edit-2") != old) or None

    by.poll(back, what="edit-2 to come back as BACKUP")
    assert containers.inside("edit-2", "cat /etc/ssh/ssh_host_*_key.pub") == keys
    conf = containers.inside("edit-2", "cat /etc/keepalived/keepalived.conf")
    assert "priority 111" in conf
    assert len(owners(VIP)) == 1


def test_edit_reaches_a_guest_that_was_off(edit: Edit, client: Client) -> None:
    guests = document("edit", number=NUMBER)["guests"]
    assert isinstance(guests, list)
    containers.virsh("destroy", "edit-1")
    path = edit(guests=[guests[0] | {"priority": 233}, guests[1]])
    done = vipprov("vm", "create", path)
    assert done.code == 0, done.err + done.out
    assert "priority 233" in containers.inside("edit-1", "cat /etc/keepalived/keepalived.conf")
    assert vipprov("vm", "plan", path, "--exit-code").code == 0
    assert client.pings(VIP)


def test_replace_makes_the_machines_anew(edit: Edit, client: Client) -> None:
    before = processes()
    done = vipprov("vm", "create", edit(size={"memory": "768MiB"}), "--replace")
    assert done.code == 0, done.err
    assert not set(processes()) & set(before)
    assert client.pings(VIP)
