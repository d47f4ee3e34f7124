"""A pair on a stage: guests, ports and vantage points in memory, moved on by a fake clock."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from factories import make_pair
from fakes.clock import FakeClock
from fakes.fabrics import FakeFabrics
from fakes.machines import FakeMachines, says
from fakes.vantage import FakeVantage, everywhere
from observations import healthy_facts, printed
from proving import proven
from vipprov.guest.check import Verdict
from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import MissingError
from vipprov.guest.facts import Facts, Role, RoleFile
from vipprov.guest.pair import Address, Pair
from vipprov.hv.machine import Completed, Machine, Power, Sort
from vipprov.hv.portgroup import Filter, Kind, Port, PortGroup, PortSettings, PortState
from vipprov.hv.vantage import Vantages
from vipprov.pipelines import verify
from vipprov.pipelines.verify import Report

PAIR = make_pair()
VIP = PAIR.vip.addresses[0].ip
VMAC = "00:00:5e:00:01:32"
NICS = {guest.addresses[0].ip: guest.mac for guest in PAIR.guests}


@dataclass
class Stage:
    """A pair whose first guest becomes MASTER at a moment of the fake clock."""

    clock: FakeClock
    master_at: float = 0.0
    heard: str = "begun\n/run/vipprov/role/web 10.50.50.51 50 254 2\nend\n"
    heard_at: float = 0.0
    filter: str | None = None

    def __post_init__(self) -> None:
        self.fabrics = FakeFabrics()
        self.machines = FakeMachines(self.script)
        for guest in PAIR.guests:
            self.machines.machines[guest.name] = Machine(
                name=guest.name,
                uuid="",
                sort=Sort.CONTAINER,
                power=Power.ON,
                nics=(),
                mark=None,
            )

    @property
    def port_groups(self) -> "Stage":
        return self

    def show(self, name: str) -> PortGroup | None:
        raise MissingError(f"There is no {name} here.")

    def ports(self, machine: str) -> tuple[Port, ...]:
        state = PortState(filter=None if self.filter is None else Filter(name=self.filter))
        (mac,) = (guest.mac for guest in PAIR.guests if guest.name == machine)
        port = Port(
            machine=machine,
            mac=mac,
            device="veth0",
            port_group="leaf1",
            kind=Kind.BRIDGE,
            bridge="leaf1",
            configured=state,
            in_force=state,
            settings=PortSettings(promiscuous=None, mac_changes=None, forged_transmits=None),
            passes=frozenset(),
            obstacles=(),
            can_carry=Verdict.PASS,
        )
        return (port, replace(port, mac="52:54:00:50:99:99"))

    def has_master(self) -> bool:
        return self.clock.now() >= self.master_at

    def macs(self, address: Address) -> tuple[str, ...]:
        if address == VIP:
            return (VMAC,) if self.has_master() else ()
        return (NICS[address],) if address in NICS else ()

    def facts(self, name: str) -> Facts:
        facts = healthy_facts(PAIR, PAIR.guest(name))
        if self.has_master():
            return facts
        backup = (RoleFile(instance="web", role=Role.BACKUP, since=""),)
        return replace(facts, addresses=(), roles=backup)

    def script(self, name: str, argv: Sequence[str], _stdin: bytes) -> Completed:
        if argv[0] == "cat":
            assert argv[1] == "/run/vipprov/role/web"
            is_master = name == "web-1" and self.has_master()
            return says(f"{'MASTER' if is_master else 'BACKUP'} 2026-11-22T22:00:00Z\n")
        if argv[3] == "vipprov":
            return says(self.beside(*argv[4:]))
        assert argv[3] == "vipprov-facts"
        return says(printed(self.facts(name), beside=self.beside(*argv[7:])))

    def beside(self, program: str = "", *arguments: str) -> str:
        if "VRRP" in program:
            return self.heard if self.clock.now() >= self.heard_at else "begun\nend\n"
        _requests, _seconds, *targets = arguments or ("", "")
        return "begun\n" + "3 3\n" * len(targets)

    def by(self, seconds: float = 60) -> Deadline:
        return Deadline.after(seconds, clock=self.clock)

    def prove(self, seconds: float = 60) -> Report:
        by, seen = self.by(seconds), everywhere(FakeVantage(self.macs))
        return proven(PAIR, self, by=by, vantages=seen, fabrics=self.fabrics)

    def verify(self) -> Report:
        return self.seen_from(everywhere(FakeVantage(self.macs)))

    def seen_from(self, vantages: Vantages, pair: Pair = PAIR) -> Report:
        return verify.verify(pair, self, by=self.by(), vantages=vantages, fabrics=self.fabrics)
