"""Stock cloud images: where their makers publish them, and how they vouch for them.

The checksums themselves come from the maker at the time of the pull: images under these addresses
are replaced now and then.
"""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

from vipprov.guest.errors import MissingError
from vipprov.hv.images import disk
from vipprov.hv.images.signature import Keys

FEDORA = "https://dl.fedoraproject.org/pub/fedora/linux"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """An image of a distribution: `file` and `checksums` are names in `folder`.

    `keys` is None where the checksums are not signed, `signature` where they are signed within.
    """

    name: str
    folder: str
    file: str
    checksums: str
    keys: Keys | None = None
    signature: str | None = None

    def address(self, name: str) -> str:
        """Return the address of a file beside the image."""
        return urljoin(self.folder, name)


def names() -> tuple[str, ...]:
    """Return the names that `image pull` takes."""
    return tuple(known.name for known in every())


def find(name: str, machine: str) -> Stock:
    """Return the stock image of this name, or raise MissingError; SpecError on another machine."""
    for known in every():
        if known.name == name:
            disk.check_machine(machine)
            return known
    hint = (
        f"Known are {', '.join(names())}; an address (https://…) is taken as well. What vipprov "
        "makes itself is built: `vipprov image build debian-12 --for qemu`."
    )
    raise MissingError(f"There is no stock image called {name!r}.", hint=hint)


def every() -> tuple[Stock, ...]:
    """Return all stock images."""
    return (
        Stock(
            name="debian-12-genericcloud",
            folder="https://cloud.debian.org/images/cloud/bookworm/latest/",
            file="debian-12-genericcloud-amd64.qcow2",
            checksums="SHA512SUMS",
        ),
        Stock(
            name="ubuntu-24.04",
            folder="https://cloud-images.ubuntu.com/releases/noble/release/",
            file="ubuntu-24.04-server-cloudimg-amd64.img",
            checksums="SHA256SUMS",
            keys=Keys(places=(Path("/usr/share/keyrings/ubuntu-cloudimage-keyring.gpg"),)),
            signature="SHA256SUMS.gpg",
        ),
        Stock(
            name="rocky-9",
            folder="https://dl.rockylinux.org/pub/rocky/9/images/x86_64/",
            file="Rocky-9-GenericCloud-Base.latest.x86_64.qcow2",
            checksums="CHECKSUM",
        ),
        Stock(
            name="almalinux-9",
            folder="https://repo.almalinux.org/almalinux/9/cloud/x86_64/images/",
            file="AlmaLinux-9-GenericCloud-latest.x86_64.qcow2",
            checksums="CHECKSUM",
            keys=_rpm_keys("alma", "RPM-GPG-KEY-AlmaLinux-9"),
            signature="CHECKSUM.asc",
        ),
        _fedora("43", "1.6"),
    )


def _fedora(release: str, compose: str) -> Stock:
    """Return Fedora's image; its names change with each compose, and there is no latest."""
    return Stock(
        name=f"fedora-{release}",
        folder=f"{FEDORA}/releases/{release}/Cloud/x86_64/images/",
        file=f"Fedora-Cloud-Base-Generic-{release}-{compose}.x86_64.qcow2",
        checksums=f"Fedora-Cloud-{release}-{compose}-x86_64-CHECKSUM",
        keys=_rpm_keys("fedora", f"RPM-GPG-KEY-fedora-{release}-primary"),
    )


def _rpm_keys(vendor: str, name: str) -> Keys:
    """Return where the distribution itself, and the package distribution-gpg-keys, have a key."""
    folders = (Path("/etc/pki/rpm-gpg"), Path("/usr/share/distribution-gpg-keys", vendor))
    return Keys(places=tuple(folder / name for folder in folders))
