"""A port group that pairs share, in memory, and the pairs that come to it and go."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from factories import make_guest, make_pair
from fakes.claims import FakeClaims
from fakes.machines import FakeMachines
from fakes.portgroups import FakeNic, FakePortGroups
from fakes.switchgroups import FakeSwitchGroups
from plans import make_spec
from switchgroups import distributed
from vipprov.guest.pair import CustomPolicy, Pair, PolicyMode
from vipprov.guest.undo import Undo
from vipprov.hv.machine import Nic
from vipprov.hv.mark import Mark
from vipprov.hv.portgroup import PortState
from vipprov.hv.registry import Hypervisor
from vipprov.hv.switchgroup import Record, SwitchGroup
from vipprov.pipelines import destroy, opening

LEAF = "dvportgroup-leaf1"
SILENT: Callable[[str], None] = lambda _: None  # noqa: E731  a value, and no function with a name


class Stage:
    """One port group and the pairs that come to it and go."""

    def __init__(self, group: SwitchGroup | None = None, *, alone: bool = False) -> None:
        self.switches = WatchedGroups([distributed() if group is None else group])
        self.machines = Watched()
        if alone:  # without vCenter records are kept on the machines of the pairs
            self.machines.emptied = self.forget
        self.hypervisor = Hypervisor(
            machines=self.machines,
            port_groups=FakePortGroups(
                (
                    FakeNic(
                        machine=guest.name,
                        mac=guest.mac,
                        port_group=guest.port_group,
                        configured=PortState(),
                        in_force=None,
                    )
                    for one in (WEB, DB)
                    for guest in one.guests
                ),
                bridges=("leaf1",),
            ),
            claims=FakeClaims(),
            switches=self.switches,
        )

    @property
    def leaf(self) -> SwitchGroup:
        return self.switches.groups[LEAF]

    @property
    def is_open(self) -> bool:
        return self.leaf.effective.learning is True

    def forget(self) -> None:
        self.switches.groups[LEAF] = replace(self.leaf, record=None)

    def settle(self, pair: Pair) -> None:
        """Make the pair's machines, as a run does before it opens anything."""
        for guest in pair.guests:
            nic = Nic(mac=guest.mac, port_group=guest.port_group, guest_name="eth0")
            mark = Mark(pair=pair.name, guest=guest.name, identity="one")
            self.machines.define(replace(make_spec(guest.name), nics=(nic,), mark=mark))

    def open(self, pair: Pair) -> None:
        with Undo() as undo:
            opening.open_all(self.hypervisor, pair, undo, made=names(pair))

    def create(self, pair: Pair) -> None:
        self.settle(pair)
        self.open(pair)

    def fail(self, pair: Pair, *, amid: Callable[[], object] = lambda: None) -> tuple[str, ...]:
        """Let a run make the pair and fail at its end; return what could not be undone."""
        undo = Undo()
        opening.give_back_later(self.hypervisor, pair, undo)
        for name in names(pair):
            undo.later(name, partial(self.machines.remove, name))
        self.settle(pair)
        opening.open_all(self.hypervisor, pair, undo, made=names(pair))
        amid()
        return undo.take_back()

    def destroy(self, pair: Pair) -> destroy.Destroyed:
        return destroy.destroy(self.hypervisor, pair.name, say=SILENT)


class WatchedGroups(FakeSwitchGroups):
    """Port groups beside which something else happens, right before one is forgotten."""

    amid: Callable[[], object] | None = None

    def remember(self, group: SwitchGroup, record: Record | None) -> None:
        if record is None and (act := self.amid) is not None:
            self.amid = None
            act()
        super().remember(group, record)


class Watched(FakeMachines):
    """Machines beside which something else happens, right before the first of them goes."""

    amid: Callable[[], object] | None = None

    def __init__(self) -> None:
        super().__init__()
        self.emptied: Callable[[], object] = lambda: None

    def remove(self, name: str) -> None:
        act, self.amid = self.amid, None
        if act is not None:
            act()
        super().remove(name)
        if not self.machines:
            self.emptied()


def pair(name: str = "web", *, policy: PolicyMode | CustomPolicy = PolicyMode.LEAST) -> Pair:
    guests = tuple(
        make_guest(
            number,
            name=f"{name}-{number}",
            port_group="leaf1",
            mac=f"00:50:56:00:{len(name):02x}:{number:02x}",
        )
        for number in (1, 2)
    )
    return make_pair(name=name, hypervisor="vsphere://u@v/DC", policy=policy, guests=guests)


def names(of: Pair) -> tuple[str, ...]:
    return tuple(guest.name for guest in of.guests)


WEB, DB = pair("web"), pair("db")
