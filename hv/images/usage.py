"""Which machines of this host are made from an image."""

from pathlib import Path
from xml.etree import ElementTree as ET

# Where libvirt keeps what is defined, running or not.
DEFINITIONS = Path("/etc/libvirt")


def users(tree: Path, *, definitions: Path = DEFINITIONS) -> tuple[str, ...]:
    """Return the names of the containers whose root file system is this tree."""
    return tuple(
        sorted(path.stem for path in definitions.glob("lxc/*.xml") if _uses(path, str(tree)))
    )


def _uses(path: Path, tree: str) -> bool:
    try:
        domain = ET.fromstring(path.read_bytes())  # noqa: S314  libvirt wrote it, for root alone
    except FileNotFoundError:  # undefined a moment ago
        return False
    return any(source.get("dir") == tree for source in domain.iterfind("devices/filesystem/source"))
