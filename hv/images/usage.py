"""Which machines of this host are made from an image."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

from vipprov.hv.images import qcow2

# Where libvirt keeps what is defined, running or not.
DEFINITIONS = Path("/etc/libvirt")
DRIVERS = ("lxc", "qemu")


def users(places: Iterable[Path], *, definitions: Path = DEFINITIONS) -> tuple[str, ...]:
    """Return the names of the machines that have one of these trees or disks below theirs."""
    wanted = frozenset(str(place) for place in places)
    files = (path for driver in DRIVERS for path in definitions.glob(f"{driver}/*.xml"))
    return tuple(sorted(path.stem for path in files if not wanted.isdisjoint(_uses(path))))


def _uses(definition: Path) -> Iterator[str]:
    """Yield the folders and the disks of a machine, those below its own disks included."""
    try:
        domain = ET.fromstring(definition.read_bytes())  # noqa: S314  libvirt wrote it, for root
    except FileNotFoundError:  # undefined a moment ago
        return
    for folder in domain.iterfind("devices/filesystem/source"):
        yield folder.get("dir", "")
    for disk in domain.iterfind("devices/disk/source[@file]"):
        path = Path(disk.get("file", ""))
        yield str(path)
        yield from map(str, qcow2.chain(path))
