"""An exception from the benchmarks: a port group that may stay open, and who answers for it."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyException:
    """What somebody agreed to: for which pair, why, and until the end of which day (UTC).

    `port_group` is a name or a key, `pair` the name of a pair or of a machine. Of several hosts'
    port groups of one name all are meant, unless `host` says which. `checks` is None for what a
    pair needs and nothing else.
    """

    port_group: str
    pair: str
    owner: str
    reason: str
    expires: date
    host: str | None = None
    checks: frozenset[str] | None = None

    def has_expired(self, today: date) -> bool:
        """Say whether its last day is over."""
        return today > self.expires
