from dataclasses import replace
from pathlib import Path

import pytest

from vipprov.guest.check import Check, Verdict
from vipprov.hv.host import checks, packages
from vipprov.hv.host.packages import LXC, QEMU
from vipprov.hv.host.trial import Outcome

SCRIPT = Path(__file__).parents[4] / "scripts/packages"
FAILED = Outcome(verdict=Verdict.FAIL, seen="no")
MISSING = Check(
    id="tool.ebtables",
    subject=LXC,
    expected="is installed",
    seen="is not installed",
    verdict=Verdict.FAIL,
    next_move=f"{packages.APT} ebtables",
)


@pytest.mark.parametrize(
    ("release", "verdict"),
    [
        ("6.1.0-18-amd64", Verdict.PASS),
        ("4.18.0", Verdict.PASS),
        ("4.17.9", Verdict.FAIL),
        ("3.10.0-1160.el7", Verdict.FAIL),
        ("unheard-of", Verdict.UNKNOWN),
    ],
)
def test_a_kernel_is_judged_by_its_version(release: str, verdict: Verdict) -> None:
    assert checks.kernel(release).verdict is verdict


def test_a_missing_tool_comes_with_the_command_that_installs_it() -> None:
    check = checks.tool("ebtables", LXC, None)
    assert check.verdict is Verdict.FAIL
    assert check.next_move == f"{packages.APT} ebtables"
    assert checks.tool("ebtables", LXC, "/usr/sbin/ebtables").verdict is Verdict.PASS


def test_kvm_is_needed_for_qemu_only() -> None:
    assert checks.kvm(FAILED).subject == QEMU
    assert checks.macvlan(FAILED).subject == LXC


def test_filters_without_the_predefined_ones_are_no_installation() -> None:
    listed = Outcome(verdict=Verdict.PASS, seen="uuid  clean-traffic\nuuid  no-arp-spoofing")
    assert checks.nwfilter(listed).verdict is Verdict.PASS
    assert checks.nwfilter(replace(listed, seen="uuid  mine")).verdict is Verdict.FAIL
    assert checks.nwfilter(FAILED).verdict is Verdict.FAIL


def test_too_little_room_is_a_failure() -> None:
    assert checks.room(Path("/srv"), 10**12).verdict is Verdict.PASS
    assert checks.room(Path("/srv"), 10**6).verdict is Verdict.FAIL


def test_one_line_installs_everything_once() -> None:
    again = replace(MISSING, id="libvirt.lxc", next_move=f"{packages.APT} libvirt-daemon-system")
    twice = replace(again, id="libvirt.nwfilter")
    line = packages.line_for((MISSING, again, twice), LXC)
    assert line == f"{packages.APT} ebtables {' '.join(packages.DAEMON)}"
    assert line.split().count("libvirt-clients") == 1


def test_what_is_installed_but_not_running_is_not_installed_again() -> None:
    stopped = replace(MISSING, id="libvirt.lxc", next_move="systemctl start libvirtd")
    assert packages.line_for((stopped,), LXC) == ""


def test_what_is_there_or_unknown_installs_nothing() -> None:
    others = (
        replace(MISSING, verdict=Verdict.PASS),
        replace(MISSING, verdict=Verdict.UNKNOWN),
        replace(MISSING, subject=QEMU),
    )
    assert packages.line_for(others, LXC) == ""


def test_the_script_installs_what_doctor_asks_for() -> None:
    words = SCRIPT.read_text().split()
    needed = {
        name
        for check_id, names in packages.PACKAGES.items()
        if check_id not in ("libvirt.qemu", "tool.qemu-img", "tool.qemu-system-x86_64")
        for name in names
    }
    known = {
        word.strip("()").removeprefix("test=(").removeprefix("demo=(").removeprefix("evpn=(")
        for word in words
    }
    assert needed - {"util-linux"} <= known
