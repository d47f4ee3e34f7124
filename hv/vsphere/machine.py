"""The machine port on vCenter, and on an ESXi host without one."""

import socket
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from pyVmomi import vim

from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import (
    GuestError,
    HeldError,
    HypervisorError,
    MissingError,
    VipprovError,
)
from vipprov.hv import entered, marktext
from vipprov.hv.machine import Completed, Link, Machine, MachineSpec, Power, Said
from vipprov.hv.mark import Mark, Moves
from vipprov.hv.vsphere import apart, birth, extra, guestlogs, machineread, placed, power, reach
from vipprov.hv.vsphere.find import Finder
from vipprov.hv.vsphere.guestops import GuestOperations
from vipprov.hv.vsphere.session import Session


class VsphereMachines:
    """The machines under the datacenter of the address."""

    def __init__(self, session: Session, environment: Mapping[str, str]) -> None:
        self._session = session
        self._finder = Finder(session)
        self._guests = GuestOperations(session, environment)

    def notice(self) -> str:
        return ""

    def show(self, name: str) -> Machine | None:
        try:
            found = self._finder.named(name)
            return None if found is None else machineread.machines(self._session, [found])[0]
        except MissingError:  # it went between two calls, or was another one of this name
            self._finder.forget(name)
        found = self._finder.named(name)
        return None if found is None else machineread.machines(self._session, [found])[0]

    def list(self) -> tuple[Machine, ...]:
        every = self._finder.all()
        near = [one.reference for one in self._finder.may_be_ours(every)]
        read = machineread.machines(self._session, near)
        others = (machineread.machine(one, {}) for one in every if one.reference not in near)
        return tuple(sorted((*read, *others), key=lambda machine: machine.name))

    def refuse_namesakes(self, names: Collection[str]) -> None:
        """Nothing of a machine lies outside vSphere."""

    def refuse_hopeless(self, specs: Collection[MachineSpec]) -> None:
        birth.refuse(self._session, specs)

    def displaced(self, specs: Collection[MachineSpec]) -> tuple[str, ...]:
        near = {spec.name: (self._finder.demand(spec.name), spec.placement) for spec in specs}
        return tuple(placed.strays(self._session, near))

    def define(self, spec: MachineSpec) -> Machine:
        machine, is_new = self.show(spec.name), False
        if machine is None:
            machine, is_new = self._make(spec)
        if machine.mark_error:
            raise HypervisorError(
                f"Whose machine {spec.name} is cannot be told.", details=machine.mark_error
            )
        if machine.mark is None or machine.mark.pair != spec.mark.pair:
            raise HeldError(
                f"{spec.name} was made by somebody else a moment ago.",
                hint="Give the guest another name.",
            )
        reference = self._finder.demand(spec.name)
        self._finder.label(reference, f"{spec.mark.pair}/{spec.mark.guest}")
        if machine.power is Power.OFF and not machine.mark.ready and not is_new:
            birth.furnish(self._session, reference, spec)
        return machine

    def set_power(self, name: str, power_: Power) -> Machine:
        reference = self._finder.demand(name)
        power.bring(self._session, reference, name, power_)
        return machineread.machines(self._session, [reference])[0]

    def kill(self, name: str) -> None:
        power.bring(self._session, self._finder.demand(name), name, Power.OFF)

    def reset(self, name: str) -> None:
        power.reset(self._session, self._finder.demand(name), name)

    def set_link(self, name: str, mac: str, link: Link) -> None:
        power.plug(self._session, self._finder.demand(name), name, (mac, link))

    def set_mark(self, name: str, mark: Mark | None) -> None:
        self._keep(name, {extra.MARK: "" if mark is None else marktext.dump(mark)})

    def set_moves(self, name: str, moves: Moves) -> None:
        self._keep(name, {extra.MOVES: marktext.dump_moves(moves) if moves else ""})

    def is_apart(self, pair: str, names: Collection[str]) -> bool:
        return apart.is_kept(self._session, pair, self._references(names), of=len(names))

    def keep_apart(self, pair: str, names: Collection[str]) -> None:
        apart.keep(self._session, pair, self._references(names))

    def run(self, name: str, argv: Sequence[str], *, by: Deadline, stdin: bytes = b"") -> Completed:
        return self._guests.run(name, self._finder.demand(name), argv, by=by, stdin=stdin)

    def read(self, name: str, path: str, *, by: Deadline) -> bytes | None:
        return entered.read(self, name, path, by=by)

    def open_port(self, name: str, port: int, *, by: Deadline) -> socket.socket:
        return reach.opened(self._session, self._finder.demand(name), name, port, by=by)

    def console(self, name: str, *, after: int = 0) -> Said:  # noqa: ARG002  of the port
        self._finder.demand(name)
        raise GuestError(
            f"vSphere keeps nothing of what {name} writes to its console.",
            hint="The web console of vSphere shows it.",
        )

    def save_logs(self, name: str, folder: Path) -> None:
        guestlogs.save(self._session, self._finder.demand(name), folder, self._told(name))

    def remove(self, name: str) -> None:
        reference = self._finder.named(name)
        if reference is None:
            return
        try:
            power.bring(self._session, reference, name, Power.OFF)
            power.destroy(self._session, reference, name)
        except MissingError:  # another run was quicker
            pass
        finally:
            self._finder.forget(name)

    def _make(self, spec: MachineSpec) -> tuple[Machine, bool]:
        """Return the machine, and whether nothing of it is missing."""
        try:
            birth.make(self._session, spec)
        except HypervisorError:
            found = self.show(spec.name)
            if found is None or found.mark is None:
                raise
            return found, False  # another run was quicker, or it is there and not complete
        found = self.show(spec.name)
        if found is None:
            raise MissingError(f"{spec.name} went while it was made.")
        return found, True

    def _keep(self, name: str, values: Mapping[str, str]) -> None:
        power.reconfigure(
            self._session,
            self._finder.demand(name),
            f"mark {name}",
            vim.vm.ConfigSpec(extraConfig=extra.options(values)),
        )

    def _references(self, names: Collection[str]) -> tuple[Any, ...]:
        found = (self._finder.named(name) for name in names)
        return tuple(one for one in found if one is not None)

    def _told(self, name: str) -> Mapping[str, str]:
        """Return what the guest itself has logged; nothing where it cannot be asked."""
        soon = self._session.patience.within(guestlogs.SECONDS)
        told: dict[str, str] = {}
        for file, argv in guestlogs.COMMANDS.items():
            try:
                told[file] = self.run(name, argv, by=soon).text
            except VipprovError as error:
                told["unheard.log"] = f"{error}\n{error.details}\n"
                break
        return told
