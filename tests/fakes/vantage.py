"""A vantage point in memory: a segment where addresses answer as a test says."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager

from vipprov.guest.adverts import Advert
from vipprov.guest.deadline import Deadline
from vipprov.guest.observation import Answer, PingResult, Resolution
from vipprov.guest.pair import Address
from vipprov.hv.frames import Host

REQUESTS = 3
PINGS = 5


class FakeVantage:
    """`macs` says who has an address now; `own` are those it answers for, `told` who knows them."""

    def __init__(self, macs: Callable[[Address], tuple[str, ...]]) -> None:
        self.macs = macs
        self.own: list[Address] = []
        self.told: set[Host] = set()
        self.adverts: tuple[Advert, ...] = ()

    def ask(self, address: Address, *, by: Deadline) -> Resolution:
        at = by.clock.now()
        answers = tuple(Answer(mac=mac, source=mac, at=at) for mac in self.macs(address))
        return Resolution(address=address, requests=REQUESTS, answers=answers * REQUESTS)

    def free(self, candidates: Sequence[Address], *, by: Deadline) -> Address | None:
        if by.remaining <= 0:
            return None
        return next((one for one in candidates if not self.macs(one)), None)

    @contextmanager
    def answering(self, address: Address, *, told: Sequence[Host] = ()) -> Iterator[None]:
        self.own.append(address)
        self.told.update(told)
        try:
            yield
        finally:
            self.own.remove(address)

    def ping(self, target: Address, *, mac: str, source: Address, by: Deadline) -> PingResult:
        replies = PINGS if by.remaining > 0 and source in self.own else 0
        replies = replies if mac in self.macs(target) else 0
        return PingResult(
            target=target,
            sent=PINGS,
            received=replies,
            duplicates=0,
            source_macs=(mac,) if replies else (),
        )

    def overheard(self, *, by: Deadline) -> tuple[Advert, ...]:
        return self.adverts if by.remaining > 0 else ()


def everywhere(vantage: FakeVantage) -> Callable[[str], AbstractContextManager[FakeVantage]]:
    """Open this one vantage point whatever the port group."""

    @contextmanager
    def opened(_port_group: str) -> Iterator[FakeVantage]:
        yield vantage

    return opened
