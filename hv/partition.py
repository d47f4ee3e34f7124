"""Partition: keep a bridge port from passing anything, while the guest behind it sees its link up.

A port whose `isolated` flag is set still reaches those of other bridges, and everybody whose flag
is not set; one that is disabled, as spanning tree does it, passes no frame either way.
"""

from vipprov.guest.deadline import Deadline
from vipprov.hv import iplink

_DISABLED, _FORWARDING = "0", "3"


def cut_off(device: str, *, by: Deadline) -> None:
    """Let the bridge drop every frame from and to this port."""
    _set(device, _DISABLED, doing=f"cut {device} off", by=by)


def join(device: str, *, by: Deadline) -> None:
    """Let the bridge forward for this port again."""
    _set(device, _FORWARDING, doing=f"join {device} again", by=by)


def _set(device: str, state: str, *, doing: str, by: Deadline) -> None:
    port = ("link", "set", device, "type", "bridge_slave", "state", state)
    iplink.batch([port], doing=doing, by=by)
