"""Claims in memory, held to the same contract as the real ones."""

from vipprov.hv.claim import Holder


class FakeClaims:
    """Claims in a dict."""

    def __init__(self) -> None:
        self.holders: dict[str, Holder] = {}

    def take(self, pair: str, holder: Holder) -> Holder | None:
        other = self.holders.setdefault(pair, holder)
        return None if other.id == holder.id else other

    def drop(self, pair: str, holder: Holder) -> None:
        if pair in self.holders and self.holders[pair].id == holder.id:
            del self.holders[pair]
