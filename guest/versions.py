"""Which kernel and keepalived a guest has, and whether a virtual MAC works with them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from vipprov.guest.check import Check, Verdict
from vipprov.guest.errors import GuestError
from vipprov.guest.facts import Software

Version = tuple[int, ...]

IDS = ("kernel-version", "keepalived-version")

KERNEL: Version = (3, 2)
KEEPALIVED: Version = (2, 0, 16)
# Red Hat carried the needed changes back into its own 1.3.5.
KEEPALIVED_RHEL_7: Version = (1, 3, 5)
KEEPALIVED_SOUND: Version = (2, 2, 0)
KEEPALIVED_ADVISED: Version = (2, 2, 8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Versions:
    """What was found in a guest. None: absent, or not to be made out."""

    kernel: Version | None
    keepalived: Version | None
    rhel_7: bool = False

    @property
    def keepalived_needed(self) -> Version:
        """The oldest keepalived that this distribution may have."""
        return KEEPALIVED_RHEL_7 if self.rhel_7 else KEEPALIVED


def found(facts: Software) -> Versions:
    """Return the versions among what a guest runs."""
    family = {facts.os_id, *facts.os_like}
    return Versions(
        kernel=_version(facts.kernel),
        keepalived=_version(facts.keepalived or ""),
        rhel_7="rhel" in family and facts.os_version.split(".")[0] == "7",
    )


def judge(found: Versions, *, subject: str) -> tuple[Check, ...]:
    """Return one check for the kernel, and one for keepalived with what is to be said of it."""
    of_kernel, of_keepalived = IDS
    keepalived = _check(
        of_keepalived, subject, "keepalived", found.keepalived, found.keepalived_needed
    )
    return (
        _check(of_kernel, subject, "kernel", found.kernel, KERNEL),
        replace(keepalived, warning=_warning(found)),
    )


_NO_KEEPALIVED = "no keepalived version"
_LACKING = (
    "It was not in the image, and could not be installed: cloud-init-output.log, among the guest's"
    " logs, says why."
)


def refuse_old(checks: Iterable[Check], *, guest: str) -> None:
    """Raise GuestError when one of a guest's checks says that its software is too old, or absent.

    Checks of other things, and of other guests, are not looked at.
    """
    wrong = tuple(
        check
        for check in checks
        if check.id in IDS and check.subject == guest and check.verdict is Verdict.FAIL
    )
    if wrong:
        raise GuestError(
            f"The software of {guest} cannot carry a virtual MAC: "
            + "; ".join(f"{check.seen} where {check.expected} is needed" for check in wrong)
            + ".",
            details=_LACKING if any(check.seen == _NO_KEEPALIVED for check in wrong) else "",
            hint="Use a newer image, or `packages: {update: true}` in the pair file.",
        )


def _warning(found: Versions) -> str:
    """Return what a person should know about software that is new enough, but barely."""
    seen = found.keepalived
    if seen is None or not found.keepalived_needed <= seen < KEEPALIVED_SOUND:
        return ""
    return (
        f"keepalived {_text(seen)} lets the old master answer the new one's gratuitous ARP, which "
        f"pulls the virtual MAC back; {_text(KEEPALIVED_ADVISED)} or later is advised."
    )


def _check(name: str, subject: str, what: str, seen: Version | None, needed: Version) -> Check:
    expected = f"{what} >= {_text(needed)}"
    if seen is None:
        return Check(
            id=name,
            subject=subject,
            expected=expected,
            seen=f"no {what} version",
            verdict=Verdict.FAIL,
            cause=f"{what} is absent or does not say its version",
            next_move=f"install {what} {_text(needed)} or later",
        )
    fine = seen >= needed
    return Check(
        id=name,
        subject=subject,
        expected=expected,
        seen=f"{what} {_text(seen)}",
        verdict=Verdict.PASS if fine else Verdict.FAIL,
        cause="" if fine else f"{what} is too old",
        next_move="" if fine else f"bring {what} to {_text(needed)} or later",
    )


def _version(text: str) -> Version | None:
    """Return the version that a text begins with: a kernel's release goes on after it."""
    found = re.match(r"\d+(?:\.\d+)+", text)
    return tuple(int(part) for part in found[0].split(".")) if found else None


def _text(version: Version) -> str:
    return ".".join(str(part) for part in version)
