"""Opening port groups on a simulator on which something goes wrong, and giving them back."""

from collections.abc import Callable
from dataclasses import dataclass

from vipprov.guest.errors import VipprovError
from vipprov.hv.switchgroup import OwnPolicy, SwitchGroup
from vipprov.hv.switchplan import Least
from vipprov.pipelines import switchchange, switchgroup
from vsphere.reach import Reached, reached
from vsphere.simulator import Simulator

PATIENCE = 20.0
KINDS = (
    "disconnect",
    "NoPermission",
    "ConcurrentAccess",
    "InvalidState",
    "ResourceInUse",
    "ManagedObjectNotFound",
    "NotAuthenticated",
    "HostCommunication",
    "expire",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A port group, and the methods that change it."""

    name: str
    host: str | None
    methods: tuple[str, ...]


DISTRIBUTED = Place(
    name="DC0_DVPG0",
    host=None,
    methods=("ReconfigureDVPortgroup_Task", "SetField", "AddCustomFieldDef"),
)
STANDARD = Place(
    name="VM Network", host="DC0_H0", methods=("UpdatePortGroup", "SetField", "AddCustomFieldDef")
)
CHANGES = [(place, method) for place in (DISTRIBUTED, STANDARD) for method in place.methods]


def failure(act: Callable[[], None]) -> VipprovError | None:
    """Return the error of ours that it ends with; any other error is a bug and goes on."""
    try:
        act()
    except VipprovError as error:
        return error
    return None


def permit(found: Reached, group: SwitchGroup) -> None:
    """Open a port group as the command does."""
    (change,) = switchgroup.to_permit(switchgroup.named([group], group.name), Least())
    switchchange.permit_all(found.groups, [change], Least(), reason="for a test")


def put_back(simulator: Simulator, place: Place, own: OwnPolicy) -> None:
    """Restore the port group as the next run would, and see that it is what it was."""
    simulator.order(reset=True)
    with reached(simulator) as found:
        meant = switchgroup.named(found.groups.all(), place.name, host=place.host)
        for change in switchgroup.to_restore(meant):
            switchchange.restore(found.groups, change)
        after = found.group(place.name, place.host)
    assert (after.own, after.record) == (own, None)


def forget_attributes(found: Reached) -> None:
    """Remove the custom attributes of ours, so that the next change has to define them."""
    manager = found.session.content.customFieldsManager
    for field in manager.field:
        if field.name.startswith("vipprov"):
            manager.RemoveCustomFieldDef(field.key)
