"""Which software can carry a virtual MAC, and what is said of software that cannot."""

import pytest

from vipprov.guest import versions
from vipprov.guest.check import Verdict
from vipprov.guest.errors import GuestError
from vipprov.guest.facts import Daemon, Software
from vipprov.guest.versions import Versions

DEBIAN_12 = ("debian", (), "12")
CENTOS_7 = ("centos", ("rhel", "fedora"), "7")
RHEL_7 = ("rhel", (), "7.9")
RHEL_9 = ("rhel", ("fedora",), "9.4")
UNKNOWN = ("", (), "")
Release = tuple[str, tuple[str, ...], str]


def found(kernel: str, keepalived: str | None, release: Release = DEBIAN_12) -> Versions:
    os_id, os_like, os_version = release
    return versions.found(
        Software(
            kernel=kernel,
            keepalived=keepalived,
            os_id=os_id,
            os_like=os_like,
            os_version=os_version,
            daemon=Daemon.RUNNING,
        )
    )


def test_versions_are_numbers_whatever_follows_them() -> None:
    assert found("6.1.0-30-amd64", "2.2.7") == Versions(kernel=(6, 1, 0), keepalived=(2, 2, 7))


def test_keepalived_that_is_absent_has_no_version() -> None:
    assert found("6.1.0", None).keepalived is None


@pytest.mark.parametrize(
    ("release", "expected"),
    [(CENTOS_7, True), (RHEL_7, True), (RHEL_9, False), (DEBIAN_12, False), (UNKNOWN, False)],
)
def test_red_hat_7_is_known_by_its_os_release(release: Release, expected: bool) -> None:  # noqa: FBT001  a table
    assert found("3.10.0", "1.3.5", release).rhel_7 is expected


@pytest.mark.parametrize(
    ("kernel", "keepalived", "release"),
    [
        ("3.2.0", "2.0.16", DEBIAN_12),
        ("3.2", "2.0.16", DEBIAN_12),
        ("6.18.44-fc", "2.2.7", DEBIAN_12),
        ("3.10.0-1160.el7", "1.3.5", CENTOS_7),
        ("6.1", "10.0.0", DEBIAN_12),
    ],
)
def test_software_that_is_new_enough_passes(kernel: str, keepalived: str, release: Release) -> None:
    seen = found(kernel, keepalived, release)
    checks = versions.judge(seen, subject="web-1")
    versions.refuse_old(checks, guest="web-1")
    assert {check.verdict for check in checks} == {Verdict.PASS}


@pytest.mark.parametrize(
    ("kernel", "keepalived", "release", "said"),
    [
        ("6.1.0", "2.0.10", DEBIAN_12, "keepalived 2.0.10 where keepalived >= 2.0.16"),
        ("6.1.0", "2.0.15", RHEL_9, "keepalived 2.0.15 where keepalived >= 2.0.16"),
        ("3.10.0", "1.3.4", CENTOS_7, "keepalived 1.3.4 where keepalived >= 1.3.5"),
        ("3.1.9", "2.2.8", DEBIAN_12, "kernel 3.1.9 where kernel >= 3.2"),
        ("6.1.0", None, DEBIAN_12, "no keepalived version where keepalived >= 2.0.16"),
    ],
)
def test_software_that_is_too_old_is_refused_with_what_was_found(
    kernel: str, keepalived: str | None, release: Release, said: str
) -> None:
    checks = versions.judge(found(kernel, keepalived, release), subject="web-1")
    versions.refuse_old(checks, guest="web-2")
    with pytest.raises(GuestError, match="cannot carry") as refusal:
        versions.refuse_old(checks, guest="web-1")
    assert said in str(refusal.value)
    assert refusal.value.exit_code == 6


def test_both_faults_are_named_at_once() -> None:
    checks = versions.judge(found("2.6.32", "1.2.0"), subject="web-1")
    with pytest.raises(GuestError, match=r"kernel 2\.6\.32 .*; keepalived 1\.2\.0 "):
        versions.refuse_old(checks, guest="web-1")


def test_failed_check_says_what_to_do() -> None:
    _, check = versions.judge(found("6.1.0", "2.0.10"), subject="web-1")
    assert (check.subject, check.verdict) == ("web-1", Verdict.FAIL)
    assert check.next_move == "bring keepalived to 2.0.16 or later"


@pytest.mark.parametrize(
    ("keepalived", "is_warned_of"),
    [("2.0.15", False), ("2.0.16", True), ("2.1.5", True), ("2.2.0", False), ("2.2.7", False)],
)
def test_keepalived_before_2_2_passes_with_a_warning(
    keepalived: str, *, is_warned_of: bool
) -> None:
    _, check = versions.judge(found("6.1.0", keepalived), subject="web-1")
    assert (f"keepalived {keepalived} lets" in check.warning) is is_warned_of
