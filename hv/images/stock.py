"""Stock cloud images: where their makers publish them, and how they vouch for them.

The checksums themselves come from the maker at the time of the pull: images under these addresses
are replaced now and then.
"""

import platform
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

from vipprov.guest.errors import MissingError
from vipprov.hv.images.signature import Keys

FEDORA = "https://dl.fedoraproject.org/pub/fedora/linux"
# Debian and Ubuntu have names of their own for what the kernel calls x86_64 and aarch64.
DEBIAN_NAMES = {"x86_64": "amd64", "aarch64": "arm64"}


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
    return tuple(known.name for known in on("x86_64"))


def find(name: str, machine: str = platform.machine()) -> Stock:
    """Return the stock image of this name for this kind of processor, or raise MissingError."""
    for known in on(machine):
        if known.name == name:
            return known
    hint = f"Known are {', '.join(names())}; an address (https://…) is taken as well."
    raise MissingError(f"There is no stock image called {name!r}.", hint=hint)


def on(machine: str) -> tuple[Stock, ...]:
    """Return all stock images for this kind of processor."""
    debian = DEBIAN_NAMES.get(machine, machine)
    return (
        Stock(
            name="debian-12-genericcloud",
            folder="https://cloud.debian.org/images/cloud/bookworm/latest/",
            file=f"debian-12-genericcloud-{debian}.qcow2",
            checksums="SHA512SUMS",
        ),
        Stock(
            name="ubuntu-24.04",
            folder="https://cloud-images.ubuntu.com/releases/noble/release/",
            file=f"ubuntu-24.04-server-cloudimg-{debian}.img",
            checksums="SHA256SUMS",
            keys=Keys(places=(Path("/usr/share/keyrings/ubuntu-cloudimage-keyring.gpg"),)),
            signature="SHA256SUMS.gpg",
        ),
        Stock(
            name="rocky-9",
            folder=f"https://dl.rockylinux.org/pub/rocky/9/images/{machine}/",
            file=f"Rocky-9-GenericCloud-Base.latest.{machine}.qcow2",
            checksums="CHECKSUM",
        ),
        Stock(
            name="almalinux-9",
            folder=f"https://repo.almalinux.org/almalinux/9/cloud/{machine}/images/",
            file=f"AlmaLinux-9-GenericCloud-latest.{machine}.qcow2",
            checksums="CHECKSUM",
            keys=_rpm_keys("alma", "RPM-GPG-KEY-AlmaLinux-9"),
            signature="CHECKSUM.asc",
        ),
        _fedora("43", "1.6", machine),
    )


def _fedora(release: str, compose: str, machine: str) -> Stock:
    """Return Fedora's image; its names change with each compose, and there is no latest."""
    return Stock(
        name=f"fedora-{release}",
        folder=f"{FEDORA}/releases/{release}/Cloud/{machine}/images/",
        file=f"Fedora-Cloud-Base-Generic-{release}-{compose}.{machine}.qcow2",
        checksums=f"Fedora-Cloud-{release}-{compose}-{machine}-CHECKSUM",
        keys=_rpm_keys("fedora", f"RPM-GPG-KEY-fedora-{release}-primary"),
    )


def _rpm_keys(vendor: str, name: str) -> Keys:
    """Return where the distribution itself, and the package distribution-gpg-keys, have a key."""
    folders = (Path("/etc/pki/rpm-gpg"), Path("/usr/share/distribution-gpg-keys", vendor))
    return Keys(places=tuple(folder / name for folder in folders))
