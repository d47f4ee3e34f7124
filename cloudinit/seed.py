"""What cloud-init's NoCloud data source reads: three documents, whatever carries them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Seed:
    """The documents of one guest, as text. They may hold secrets: keep them out of sight.

    `vendor_data` is what only the first boot may see, for data sources that can forget it.
    """

    meta_data: str
    user_data: str
    network_config: str
    vendor_data: str = ""

    def __repr__(self) -> str:
        return "Seed(…)"

    def files(self) -> tuple[tuple[str, str], ...]:
        """Return name and content of each file, as NoCloud names them."""
        return (
            ("meta-data", self.meta_data),
            ("user-data", self.user_data),
            ("network-config", self.network_config),
        )
