"""Let the port of a running machine learn MACs again, and remember that it did not."""

from functools import partial

from vipprov.guest.undo import Undo
from vipprov.hv.portgroup import PortGroups
from vipprov.pipelines.actions import Relearn


def apply(action: Relearn, port_groups: PortGroups, undo: Undo) -> None:
    """Switch MAC learning on."""
    name = action.guest.spec.name
    undo.later(
        f"MAC learning of {name} {action.mac}",
        partial(port_groups.set_learning, name, action.mac, is_on=False),
    )
    port_groups.set_learning(name, action.mac, is_on=True)
