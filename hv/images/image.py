"""An image that exists, and the record that lies beside it."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from vipprov.guest.errors import HypervisorError
from vipprov.hv.images.disk import Disk

RECORD = "image.json"
TREE = "tree"
LOG = "build.log"


class Form(Enum):
    """What an image is: a folder tree for containers, a disk for virtual machines."""

    TREE = "tree"
    DISK = "disk"

    @property
    def machines(self) -> str:
        """Say what is made from it."""
        return "containers" if self is Form.TREE else "VMs"

    @property
    def driver(self) -> str:
        """Return the scheme of the hypervisors that make machines of it."""
        return "lxc" if self is Form.TREE else "qemu"


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """What machines are made from: the folder tree at `path`, or the `disk` at `path`.

    `digest` changes when the content does. `recipe` is None where the content was made by others;
    `origin` is then where it was pulled from, and `verified` what was checked of it. `made` is
    None where it is not in the store.
    """

    name: str
    digest: str
    path: Path
    disk: Disk | None = None
    recipe: str | None = None
    made: datetime | None = None
    packages: tuple[tuple[str, str], ...] = ()
    origin: str | None = None
    verified: str | None = None

    @property
    def form(self) -> Form:
        """Say whether it is for containers or for virtual machines."""
        return Form.TREE if self.disk is None else Form.DISK


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DiskRecord(_Strict):
    """The files of a disk, by their names in the image's folder."""

    path: str
    size: int
    kernel: str | None = None
    initrd: str | None = None
    cmdline: str | None = None

    def disk(self, folder: Path) -> Disk:
        """Return the disk that lies in this folder."""
        return Disk(
            path=folder / self.path,
            size=self.size,
            kernel=None if self.kernel is None else folder / self.kernel,
            initrd=None if self.initrd is None else folder / self.initrd,
            cmdline=self.cmdline,
        )


class Record(_Strict):
    """What image.json says: written last, so that its presence means a whole image."""

    name: str
    digest: str
    recipe: str | None = None
    made: datetime
    packages: dict[str, str] = {}
    disk: DiskRecord | None = None
    origin: str | None = None
    verified: str | None = None

    def image(self, folder: Path) -> Image:
        """Return the image that this record describes."""
        disk = None if self.disk is None else self.disk.disk(folder)
        return Image(
            name=self.name,
            digest=self.digest,
            path=folder / TREE if disk is None else disk.path,
            disk=disk,
            recipe=self.recipe,
            made=self.made,
            packages=tuple(sorted(self.packages.items())),
            origin=self.origin,
            verified=self.verified,
        )


def read(folder: Path) -> Image | None:
    """Return the image in this folder, or None where there is none that is whole."""
    try:
        record = Record.model_validate_json((folder / RECORD).read_bytes())
    except PermissionError as error:
        raise HypervisorError(
            f"The images of this machine cannot be read: {error.strerror}.",
            details=str(folder),
            hint="Run vipprov as root: sudo vipprov …",
        ) from error
    except (OSError, ValidationError):
        return None
    image = record.image(folder)
    return image if image.path.exists() else None


def write(folder: Path, record: Record) -> None:
    """Put the record beside its tree or its disk."""
    (folder / RECORD).write_text(record.model_dump_json(indent=2) + "\n")
