"""An image that exists, and the record that lies beside it."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

RECORD = "image.json"
TREE = "tree"
LOG = "build.log"


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A folder tree that machines are made from.

    `digest` changes when the content does. `recipe` and `made` are None for a tree of other tools.
    """

    name: str
    digest: str
    path: Path
    recipe: str | None = None
    made: datetime | None = None
    packages: tuple[tuple[str, str], ...] = ()


class Record(BaseModel):
    """What image.json says: written last, so that its presence means a whole image."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    digest: str
    recipe: str
    made: datetime
    packages: dict[str, str]

    def image(self, folder: Path) -> Image:
        """Return the image that this record describes."""
        return Image(
            name=self.name,
            digest=self.digest,
            path=folder / TREE,
            recipe=self.recipe,
            made=self.made,
            packages=tuple(sorted(self.packages.items())),
        )


def read(folder: Path) -> Image | None:
    """Return the image in this folder, or None where there is none that is whole."""
    try:
        record = Record.model_validate_json((folder / RECORD).read_bytes())
    except (OSError, ValidationError):
        return None
    image = record.image(folder)
    return image if image.path.is_dir() else None


def write(folder: Path, record: Record) -> None:
    """Put the record beside its tree."""
    (folder / RECORD).write_text(record.model_dump_json(indent=2) + "\n")
