"""Copies of the image that the other tests use, to be changed."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lab.command import vipprov


def tree() -> Path:
    """Return the tree of the image that pairs of containers are made from."""
    built = vipprov("image", "list", "--json").document["built"]
    (path,) = (image["path"] for image in built if image["current"] and image["form"] == "tree")
    return Path(path)


@contextmanager
def copied(folder: Path) -> Iterator[Path]:
    """Yield a copy that may share its files' content with the image: replace files, never edit."""
    image = tree()
    # Where /tmp is a file system of its own there is nothing to share.
    is_near = folder.parent.stat().st_dev == image.stat().st_dev
    subprocess.run(["cp", "--archive", *(["--link"] if is_near else []), image, folder], check=True)
    yield folder
