"""Why a build failed, in words that say what to do."""

from pathlib import Path

from vipprov.guest.errors import HypervisorError

LAST_LINES = 12
UNREACHABLE = "The package archive cannot be reached: look at network, DNS and proxy."
HINTS = (
    ("unshare failed: Operation not permitted", "Build as root: a tree's files have many owners."),
    ("env: \u2018mmdebstrap\u2019", "apt-get install --no-install-recommends mmdebstrap"),
    ("No space left on device", "Free some space, and try again."),
    ("Temporary failure resolving", UNREACHABLE),
    ("Could not connect", UNREACHABLE),
    ("Unable to connect", UNREACHABLE),
    ("Network is unreachable", UNREACHABLE),
    ("NO_PUBKEY", "Install the distribution's keyring: debian-archive-keyring."),
)


def explained(name: str, program: str, code: int, log: Path) -> HypervisorError:
    """Return the error for a build that ended so: the last lines, the log, the next move."""
    text = log.read_text(errors="replace") if log.exists() else ""
    return HypervisorError(
        f"Building {name} failed: {program} ended with {code}.",
        details="\n".join([*text.splitlines()[-LAST_LINES:], f"The whole log is {log}."]),
        hint=next((hint for sign, hint in HINTS if sign in text), "Read the log, and try again."),
    )
