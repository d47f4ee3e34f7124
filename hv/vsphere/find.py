"""Machines by name within the datacenter of the address."""

import threading
from collections.abc import Iterable
from typing import Any

from pyVmomi import vim

from vipprov.guest.errors import MissingError, SpecError
from vipprov.hv.vsphere import collect, records
from vipprov.hv.vsphere.collect import Read
from vipprov.hv.vsphere.records import Attributes
from vipprov.hv.vsphere.session import Session

NOTE = "vipprov: "
CLAIM = ".vipprov-claim"
_CHEAP = ("name", "config.annotation", "customValue", "runtime.powerState", "config.template")


class Finder:
    """Finds machines, and remembers where those are that were asked for by name."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: dict[str, Any] = {}
        self._lock = threading.Lock()

    def all(self) -> tuple[Read, ...]:
        """Return every machine with what is cheap to read of very many; claims are none."""
        found = collect.everything(self._session, vim.VirtualMachine, _CHEAP)
        return tuple(one for one in found if not str(one["name"]).endswith(CLAIM))

    def may_be_ours(self, found: Iterable[Read]) -> tuple[Read, ...]:
        """Return those whose configuration is worth reading: it is long.

        Under vCenter that is who has our attribute or our note; a host's machines are few.
        """
        if not self._session.is_vcenter:
            return tuple(found)
        attributes = Attributes.of(self._session)
        return tuple(
            one
            for one in found
            if str(one["config.annotation"] or "").startswith(NOTE)
            or attributes.of_machine(one["customValue"])
        )

    def named(self, name: str) -> Any | None:  # noqa: ANN401  an object of the SDK stays here
        """Return the one machine of this name, or None; SpecError where there are several."""
        if (known := self._known.get(name)) is not None:
            return known
        found = [one for one in self.all() if one["name"] == name]
        if len(found) > 1:
            found = list(self.may_be_ours(found)) or found
        if len(found) > 1:
            raise SpecError(
                f"There are {len(found)} machines called {name}.",
                hint="Rename the others, or name the datacenter in the address.",
            )
        if not found:
            return None
        with self._lock:
            self._known[name] = found[0].reference
        return found[0].reference

    def demand(self, name: str) -> Any:  # noqa: ANN401
        """Return the one machine of this name, or raise MissingError."""
        found = self.named(name)
        if found is None:
            raise MissingError(f"There is no machine called {name}.")
        return found

    def forget(self, name: str) -> None:
        """Look for the machine anew the next time."""
        with self._lock:
            self._known.pop(name, None)

    def label(self, machine: Any, text: str) -> None:  # noqa: ANN401
        """Say on the machine whose it is, for people to see and to search; vCenter alone can."""
        if self._session.is_vcenter:
            with self._lock:  # two runs at once would both define the attribute
                records.keep(self._session, machine, records.PAIR, text)
