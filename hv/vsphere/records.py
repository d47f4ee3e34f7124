"""Where vCenter keeps what port groups were: custom attributes.

A distributed port group has an attribute of its own; that of a standard one is on its host, and the
port group's name is part of the attribute's. A machine says which pair it is of. A standalone ESXi
host has no custom attributes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from pyVmomi import vim

from vipprov.guest.errors import HypervisorError, SpecError
from vipprov.hv.vsphere import collect
from vipprov.hv.vsphere.session import Session

NAME = "vipprov.policy"
PAIR = "vipprov.pair"
_OURS = "vipprov."


@dataclass(frozen=True, slots=True, kw_only=True)
class Attributes:
    """The attributes that vipprov has defined: their numbers by kind of object and name."""

    numbers: Mapping[tuple[Any, str], int]

    @classmethod
    def of(cls, session: Session) -> Self:
        """Return those that are defined; a host without vCenter has none."""
        manager = session.content.customFieldsManager
        if manager is None:
            return cls(numbers={})
        (found,) = collect.these(session, vim.CustomFieldsManager, [manager], ["field"])
        return cls(
            numbers={
                (field.managedObjectType, field.name): field.key
                for field in found["field"] or ()
                if field.name.startswith(_OURS)
            }
        )

    def of_group(self, values: Iterable[Any] | None) -> str:
        """Return what a distributed port group holds, or nothing."""
        return self._text(values, (vim.dvs.DistributedVirtualPortgroup, NAME))

    def on_host(self, values: Iterable[Any] | None, group: str) -> str:
        """Return what a host holds for its port group of this name, or nothing."""
        return self._text(values, (vim.HostSystem, host_attribute(group)))

    def of_machine(self, values: Iterable[Any] | None) -> str:
        """Return the pair and the guest that a machine says it is."""
        return self._text(values, (vim.VirtualMachine, PAIR))

    def _text(self, values: Iterable[Any] | None, key: tuple[Any, str]) -> str:
        number = self.numbers.get(key)
        found = (value.value for value in values or () if value.key == number)
        return next(found, "")


def host_attribute(group: str) -> str:
    """Return the name of the attribute that holds the record of a host's port group."""
    return f"{NAME}:{group}"


def keep(session: Session, holder: Any, name: str, text: str) -> None:  # noqa: ANN401
    """Let the object hold this text under the name; no text removes it."""
    manager, kind = session.content.customFieldsManager, type(holder)
    if manager is None:
        raise SpecError(
            "A standalone ESXi host has no place for what its port groups were.",
            hint="Name a file of yours that keeps it: --record FILE, for restore as well.",
        )
    number = Attributes.of(session).numbers.get((kind, name))
    if number is None and not text:
        return

    defined = _define(session, name, kind) if number is None else number
    session.call(
        f"set the custom attribute {name}", lambda: manager.SetField(holder, defined, text)
    )


def _define(session: Session, name: str, kind: Any) -> int:  # noqa: ANN401
    """Define the attribute, and return its number; another run may be quicker."""
    manager = session.content.customFieldsManager

    def define() -> int:
        return int(manager.AddFieldDefinition(name, kind, None, None).key)

    try:
        return session.call(f"define the custom attribute {name}", define)
    except HypervisorError:
        number = Attributes.of(session).numbers.get((kind, name))
        if number is None:
            raise
        return number
