"""Images that are our own disk with another kernel command line."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lab.command import vipprov
from vipprov.hv.images import image
from vipprov.hv.images.image import DiskRecord, Record


def disk() -> Path:
    """Return the folder of the disk that pairs of VMs are made from."""
    built = vipprov("image", "list", "--json").document["built"]
    (path,) = (one["path"] for one in built if one["current"] and one["form"] == "disk")
    return Path(path).parent


@contextmanager
def booted_with(*words: str) -> Iterator[Path]:
    """Yield the folder of an image whose kernel is told these words besides."""
    base = disk()
    record = Record.model_validate_json((base / image.RECORD).read_bytes())
    assert record.disk is not None
    assert record.disk.kernel is not None
    assert record.disk.initrd is not None
    changed = DiskRecord(
        path=str(base / record.disk.path),
        size=record.disk.size,
        kernel=str(base / record.disk.kernel),
        initrd=str(base / record.disk.initrd),
        cmdline=" ".join((record.disk.cmdline or "", *words)),
    )
    # QEMU's user has to get there, and nobody but root gets at pytest's folders.
    folder = Path(tempfile.mkdtemp(prefix="vipprov-test-", dir="/var/tmp"))
    try:
        folder.chmod(0o755)
        image.write(folder, record.model_copy(update={"disk": changed}))
        yield folder
    finally:
        shutil.rmtree(folder)
