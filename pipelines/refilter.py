"""Give the port of a running machine another filter, and remember which it had."""

from functools import partial

from vipprov.guest.undo import Undo
from vipprov.hv.portgroup import PortGroups
from vipprov.pipelines import remove
from vipprov.pipelines.actions import Refilter


def apply(action: Refilter, port_groups: PortGroups, undo: Undo) -> None:
    """Bring the port to the filter that it is to have."""
    name = action.guest.spec.name
    ours = remove.filter_name(name)
    undo.later(f"the filter of {name} {action.mac}", partial(_back, action, port_groups))
    if action.after == ours:
        port_groups.add_filter(ours, action.mac, action.guest.filter_macs)
    port_groups.set_filter(name, action.mac, action.after)


def _back(action: Refilter, port_groups: PortGroups) -> None:
    name = action.guest.spec.name
    ours = remove.filter_name(name)
    if action.before == ours:
        port_groups.add_filter(ours, action.mac, tuple(sorted(action.passes)))
    port_groups.set_filter(name, action.mac, action.before)
    if action.before != ours:
        port_groups.remove_filter(ours)
