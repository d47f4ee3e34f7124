"""A pair that fails over in memory: guests, their cables and a prober, all by one fake clock."""

from collections.abc import Sequence
from dataclasses import replace

from fakes.claims import FakeClaims
from fakes.clock import FakeClock
from fakes.machines import FakeMachines, says
from fakes.portgroups import FakePortGroups
from fakes.recorder import FakeRecorder
from observations import healthy_facts, printed
from plans import VMAC, desired
from vipprov.guest.facts import Role
from vipprov.guest.pair import Pair
from vipprov.hv import frames
from vipprov.hv.frames import Path
from vipprov.hv.machine import Completed, Power
from vipprov.hv.probing.record import Record
from vipprov.hv.registry import Hypervisor
from vipprov.pipelines.aims import Aim
from vipprov.pipelines.faults import GOODBYE
from vipprov.pipelines.livechange import START
from vipprov.pipelines.watch import Outlook, Watch

OURS, SOURCE_HOST = "02:00:00:00:00:fe", 254


class Prober(FakeRecorder):
    """Probes every millisecond up to now whenever somebody looks."""

    def __init__(self, drama: "Drama", path: Path) -> None:
        super().__init__()
        self._drama, self._path = drama, path
        self._sent = 0

    def records(self) -> tuple[Record, ...]:
        while self._sent / 1000 <= self._drama.clock.now():
            at = self._sent / 1000
            answered = not any(start <= at < end for start, end in self._drama.outages)
            self.probe(at, self._path, sequence=self._sent, answered=answered)
            self._sent += 1
        return super().records()


class Drama:
    """The first guest owns the address; when its keepalived stops, the heir takes over later."""

    def __init__(self, pair: Pair, *, takes_over_after: float = 0.1) -> None:
        self.pair = pair
        self.clock = FakeClock()
        self.delay = takes_over_after
        self.outages: list[tuple[float, float]] = []
        self.roles = {guest.name: Role.BACKUP for guest in pair.guests}
        self.owner = pair.guests[0].name
        self.roles[self.owner] = Role.MASTER
        self.refuses: tuple[str, ...] | None = None
        self.machines = FakeMachines(self._runs)
        for guest in desired(pair).guests:
            self.machines.define(guest.spec)
            self.machines.set_power(guest.spec.name, Power.ON)
        self.tap = FakeRecorder()
        self.hypervisor = Hypervisor(
            machines=self.machines, port_groups=FakePortGroups(), claims=FakeClaims()
        )

    def watch(self) -> Watch:
        vip = self.pair.vip.addresses[0]
        source = vip.network[SOURCE_HOST]
        path = Path(source_mac=OURS, target_mac=VMAC, source=source, target=vip.ip)
        aim = Aim(port_group="leaf1", vip=vip.ip, source=source, mac=VMAC)
        return Watch(
            pair=self.pair,
            owner=self.owner,
            ground=self.hypervisor,
            outlooks=(Outlook(port_group="leaf1", aims=(aim,), recorder=Prober(self, path)),),
            tap=self.tap,
            macs=(VMAC,),
            devices={guest.name: guest.name for guest in self.pair.guests},
        )

    def _runs(self, name: str, argv: Sequence[str], _stdin: bytes) -> Completed:
        if tuple(argv) == self.refuses:
            return says(code=1, stderr="no")
        if tuple(argv) == GOODBYE:
            self._stopped(name)
        elif tuple(argv) == START:
            self.roles[name] = Role.BACKUP
        elif "vipprov-facts" in argv:
            facts = healthy_facts(self.pair, self.pair.guest(name))
            told = tuple(replace(one, role=self.roles[name]) for one in facts.roles)
            return says(printed(replace(facts, roles=told)))
        return says()

    def _stopped(self, name: str) -> None:
        self.roles[name] = Role.STOP
        if name != self.owner:
            return
        now = self.clock.now()
        self.outages.append((now, now + self.delay))
        (heir,) = (guest.name for guest in self.pair.guests if guest.name != name)
        self.owner, self.roles[heir] = heir, Role.MASTER
        vip = self.pair.vip.addresses[0].ip
        self.tap.hear(now - 0.5, name, frames.announcement(VMAC, vip))
        self.tap.hear(now + self.delay, heir, frames.announcement(VMAC, vip))
