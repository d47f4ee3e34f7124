"""What vipprov keeps in a machine's `extraConfig`, and what its guest reads there."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from pyVmomi import vim

from vipprov.hv.machine import Nic

MARK = "vipprov.mark"
MOVES = "vipprov.moves"
NICS = "vipprov.nics"
CLAIM = "vipprov.claim"
POLICY = "vipprov.policy:"
# What a person who looks at the machine sees: its `annotation`.
NOTE = "vipprov: guest {guest} of the pair {pair}"


def options(values: Mapping[str, str]) -> list[Any]:
    """Return the values as vSphere takes them; an empty one removes its key."""
    return [vim.option.OptionValue(key=key, value=value) for key, value in values.items()]


def values(found: Iterable[Any] | None) -> Mapping[str, str]:
    """Return those of ours and of the guest."""
    return {
        str(one.key): str(one.value)
        for one in found or ()
        if str(one.key).startswith(("vipprov.", "guestinfo."))
    }


def dump_names(nics: Iterable[Nic]) -> str:
    """Return what the NICs are called in the guest, which vSphere does not know."""
    return json.dumps({nic.mac: nic.guest_name for nic in nics}, sort_keys=True)


def load_names(text: str) -> Mapping[str, str]:
    """Return by MAC what the NICs are called; nothing where that cannot be read."""
    try:
        table = json.loads(text) if text else {}
        return {str(mac): str(name) for mac, name in table.items()}
    except (ValueError, AttributeError):
        return {}
