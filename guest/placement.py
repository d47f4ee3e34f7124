"""Where a new machine goes in the inventory of a vSphere."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Names, or inventory paths, of where a new machine is put; None is where its template is."""

    cluster: str | None = None
    host: str | None = None
    resource_pool: str | None = None
    datastore: str | None = None
    folder: str | None = None

    @property
    def words(self) -> Mapping[str, str]:
        """What is given, by the keys of the pair file."""
        every = {
            "cluster": self.cluster,
            "host": self.host,
            "resource_pool": self.resource_pool,
            "datastore": self.datastore,
            "folder": self.folder,
        }
        return {key: word for key, word in every.items() if word is not None}

    def over(self, other: "Placement") -> "Placement":
        """Return this one, with what it does not give from the other."""
        return Placement(**{**other.words, **self.words})


NEAR_THE_TEMPLATE = Placement()
