"""A recorder in memory: it holds the records that a test puts there."""

from vipprov.hv.frames import Echo, Path, echo_reply
from vipprov.hv.probing import loop
from vipprov.hv.probing.record import Counted, Frame, Record, Sent


class FakeRecorder:
    """Records in a list; `drops` is what the kernel is said to have dropped."""

    def __init__(self) -> None:
        self.kept: list[Record] = []
        self.drops = 0

    def records(self) -> tuple[Record, ...]:
        return tuple(self.kept)

    def stop(self) -> tuple[Record, ...]:
        self.kept.append(Counted(at=0, frames=len(self.kept), drops=self.drops))
        return self.records()

    def probe(self, at: float, path: Path, *, sequence: int, answered: bool) -> None:
        """Record a probe, and its reply half a millisecond later where it is answered."""
        self.kept.append(Sent(at=at, aim=0, sequence=sequence))
        if answered:
            payload = loop.SEQUENCE.pack(sequence)
            echo = Echo(identity=0, sequence=sequence & 0xFFFF, payload=payload)
            self.hear(at + 0.0005, "eth0", echo_reply(path.back(), echo))

    def hear(self, at: float, device: str, data: bytes) -> None:
        """Record a frame."""
        self.kept.append(Frame(at=at, device=device, data=data))
