"""Partition: keep a bridge port from passing anything, while the guest behind it sees its link up.

A port whose `isolated` flag is set still reaches those of other bridges, and everybody whose flag
is not set; one that only listens, as to spanning tree, passes no frame either way.
"""

from vipprov.guest.deadline import Deadline
from vipprov.hv import iplink

# `ip` passes over state 0, disabled, and without spanning tree the kernel makes state 4, blocking,
# forwarding again at once; one that listens stays as it is (seen with Linux 6.18).
_LISTENING, _FORWARDING = "1", "3"


def cut_off(device: str, *, by: Deadline) -> None:
    """Let the bridge drop every frame from and to this port."""
    _set(device, _LISTENING, doing=f"cut {device} off", by=by)


def join(device: str, *, by: Deadline) -> None:
    """Let the bridge forward for this port again."""
    _set(device, _FORWARDING, doing=f"join {device} again", by=by)


def _set(device: str, state: str, *, doing: str, by: Deadline) -> None:
    port = ("link", "set", device, "type", "bridge_slave", "state", state)
    iplink.batch([port], doing=doing, by=by)
