"""Whether the chain of a filter is hooked into this machine's ebtables.

libvirt makes a chain for each device that is bound to a filter, and a rule that jumps to it. What
becomes of the two afterwards it does not look at: whoever takes the rule away, or flushes the
table, leaves a binding that filters nothing.
"""

import re
import subprocess
from collections.abc import Callable
from functools import cached_property

LISTING = ("ebtables", "-t", "nat", "-L", "PREROUTING")
PATIENCE = 2.0
# Older ones filter with ebtables and nothing else; of newer ones that is not certain.
ONLY_EBTABLES_BEFORE = 11_000_000

_HEADING = re.compile(r"Bridge chain: PREROUTING, entries: (\d+), policy: \w+")
# While libvirt replaces a filter, its new chain has the letter J.
_JUMP = re.compile(r"-j libvirt-[IJ]-(\S+)")


def listing() -> str | None:
    """Return what ebtables tells of the chain that frames from guests meet first, or None."""
    try:
        done = subprocess.run(
            LISTING,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None


def hooked(text: str) -> frozenset[str] | None:
    """Return the devices whose chain is jumped to; None if this is no listing that we know."""
    heading = _HEADING.search(text)
    if heading is None:
        return None
    chain, _, _ = text[heading.end() :].partition("\n\n")
    rules = [rule for rule in chain.splitlines() if rule.strip()]
    if len(rules) != int(heading[1]):
        return None
    return frozenset(jump[1] for rule in rules if (jump := _JUMP.search(rule)))


class Hooks:
    """The chains that are hooked at one moment: when they are first asked for."""

    def __init__(self, libvirt_version: int, read: Callable[[], str | None] = listing) -> None:
        self._version = libvirt_version
        self._read = read

    def lack(self, device: str) -> bool:
        """Say whether the chain of this device is certainly not hooked."""
        return self._devices is not None and device not in self._devices

    def read_again(self) -> "Hooks":
        """Return the chains that are hooked from now on."""
        return Hooks(self._version, self._read)

    @cached_property
    def _devices(self) -> frozenset[str] | None:
        text = self._read() if self._version < ONLY_EBTABLES_BEFORE else None
        return None if text is None else hooked(text)
