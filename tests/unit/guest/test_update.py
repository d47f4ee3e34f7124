from collections.abc import Mapping
from datetime import timedelta
from ipaddress import ip_interface
from pathlib import PurePosixPath

import pytest

from factories import dual_stack_pair, make_guest, make_pair, make_track, make_vip
from vipprov.guest import modules, promisc, render, sysctl, update
from vipprov.guest.pair import Pair, Promisc

RELOAD = ("systemctl", "reload-or-restart", "keepalived.service")
RESTART = ("systemctl", "restart", "keepalived.service")
SYSCTL = ("sh", "-c", sysctl.APPLY)


def files(pair: Pair) -> Mapping[PurePosixPath, str | None]:
    return {file.path: file.content for file in render.configuration(pair, pair.guests[0]).files}


def changes(before: Pair, after: Pair) -> tuple[update.FileChange, ...]:
    return update.changes(files(before), render.configuration(after, after.guests[0]))


V3 = make_pair(vip=make_vip(vrrp_version=3))
LESS_SURE = (make_guest(1, priority=100), make_guest(2))
LIVE = {
    "priority": (make_pair(), make_pair(guests=LESS_SURE)),
    "a third member": (make_pair(), make_pair(guests=(*make_pair().guests, make_guest(3)))),
    "preemption": (make_pair(), make_pair(vip=make_vip(preempt=True))),
    "refresh": (make_pair(), make_pair(vip=make_vip(garp_refresh=timedelta(seconds=10)))),
    "track script": (make_pair(), make_pair(vip=make_vip(track=(make_track(),)))),
    "interval under VRRP 3": (
        V3,
        make_pair(vip=make_vip(vrrp_version=3, advert_interval=timedelta(seconds=0.1))),
    ),
}
TWO = (ip_interface("10.50.50.50/24"), ip_interface("10.50.50.60/24"))
DISRUPTIVE = {
    "version": (V3, make_pair()),
    "address added": (make_pair(), make_pair(vip=make_vip(addresses=TWO))),
    "interval under VRRP 2": (
        make_pair(),
        make_pair(vip=make_vip(advert_interval=timedelta(seconds=3))),
    ),
    "extra line": (make_pair(), make_pair(vip=make_vip(keepalived_extra=("debug 1",)))),
}
BEYOND_RELOAD = {
    "virtual router id": (make_pair(), make_pair(vip=make_vip(virtual_router_id=51))),
    "virtual MAC": (make_pair(), make_pair(vip=make_vip(vmac=False))),
    "family": (make_pair(), dual_stack_pair()),
    "NIC": (make_pair(), make_pair(interface="eth1")),
}


def test_nothing_is_to_do_where_everything_is_as_desired() -> None:
    found = changes(make_pair(), make_pair())
    assert found == ()
    assert update.activation(found) == ()
    assert not update.disruptive(found)


@pytest.mark.parametrize("what", LIVE)
def test_live_change_is_a_reload_of_keepalived(what: str) -> None:
    found = changes(*LIVE[what])
    assert update.activation(found) == (RELOAD,)
    assert not update.disruptive(found)


@pytest.mark.parametrize("what", DISRUPTIVE)
def test_what_members_must_share_is_disruptive(what: str) -> None:
    found = changes(*DISRUPTIVE[what])
    assert update.disruptive(found)
    assert update.activation(found) == (RELOAD,)


@pytest.mark.parametrize("what", BEYOND_RELOAD)
def test_what_a_reload_cannot_carry_is_a_restart(what: str) -> None:
    found = changes(*BEYOND_RELOAD[what])
    assert update.disruptive(found)
    assert update.activation(found)[-1] == RESTART


def test_sysctl_alone_leaves_keepalived_alone() -> None:
    found = changes(make_pair(), make_pair(sysctl=(("net.core.somaxconn", "1024"),)))
    assert update.activation(found) == (SYSCTL,)
    assert not update.disruptive(found)


def test_diff_shows_the_line_that_changes() -> None:
    (change,) = changes(make_pair(), make_pair(guests=LESS_SURE))
    assert "-    priority 254\n" in change.diff
    assert "+    priority 100\n" in change.diff
    assert change.diff.startswith("--- /etc/keepalived/keepalived.conf\n")


def test_guest_without_any_of_our_files_gets_all_of_them_and_disrupts_nobody() -> None:
    pair = make_pair(promisc=Promisc.ON)
    configuration = render.configuration(pair, pair.guests[0])
    found = update.changes({}, configuration)
    assert [change.path for change in found] == [file.path for file in configuration.files]
    assert all(change.before is None for change in found)
    assert not update.disruptive(found)
    assert update.activation(found)[:2] == (modules.LOAD_NOW, SYSCTL)


def test_promiscuous_mode_that_is_no_longer_wanted_is_stopped_before_systemd_forgets_it() -> None:
    found = changes(make_pair(promisc=Promisc.ON), make_pair())
    assert [(change.path, change.after) for change in found] == [(promisc.PATH, None)]
    assert found[0].diff.splitlines()[1] == "+++ /dev/null"
    assert update.activation(found) == (
        ("systemctl", "stop", promisc.UNIT),
        ("systemctl", "-q", "disable", promisc.UNIT),
        ("systemctl", "daemon-reload"),
    )


def test_promiscuous_mode_that_is_wanted_is_started_and_enabled() -> None:
    commands = update.activation(changes(make_pair(), make_pair(promisc=Promisc.ON)))
    assert commands[0] == ("systemctl", "daemon-reload")
    assert commands[-1] == ("systemctl", "start", promisc.UNIT)
