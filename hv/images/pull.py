"""Pulls a disk from its maker: nothing is kept whose checksum is not the one that was published."""

import shutil
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import HypervisorError, SpecError
from vipprov.hv import storage
from vipprov.hv.images import download, filesystem, qcow2, store, unfinished, workshop
from vipprov.hv.images import source as sources
from vipprov.hv.images.checksums import Checksum
from vipprov.hv.images.download import Download, Gauge, Limits
from vipprov.hv.images.image import DiskRecord, Form, Image, Record
from vipprov.hv.images.program import Report, Run, run
from vipprov.hv.images.signature import Keys
from vipprov.hv.images.source import Expected, Source

FOLDER_MODE = 0o755


def pull(  # noqa: PLR0913  what is pulled, how it is told, and where tests come in
    source: Source,
    *,
    report: Report,
    gauge: Gauge,
    by: Deadline,
    keys: Keys | None = None,
    limits: Limits | None = None,
    program: Run = run,
) -> Image:
    """Return the image of this source, downloaded now unless the same content is there."""
    expected = sources.expected(source, keys, by=by, program=program)
    report(f"{source.name}: {expected.reason}")
    folder = storage.images()
    home = folder / store.folder_name(source.name, Form.DISK, expected.checksum.value)
    with store.writable(), workshop.alone(folder, report, by):
        part = unfinished.part(source.url)
        unfinished.remove_old(but=part)
        found = workshop.confirmed(home)
        if found is not None:
            report(f"{source.name}: already here")
            return found
        workshop.clear(home)
        wanted = Download(
            url=source.url,
            part=part,
            by=by,
            gauge=gauge,
            limits=limits or Limits(),
        )
        if wanted.have:
            report(f"{source.name}: {wanted.have / 1e6:.0f} MB are here already")
        download.fetch(wanted)
        report(f"{source.name}: comparing the checksum")
        _check(wanted, expected.checksum)
        return _kept(source, expected, wanted, home)


def _check(wanted: Download, expected: Checksum) -> None:
    seen = Checksum.of(wanted.part, expected.algorithm)
    if seen != expected:
        download.forget(wanted.part)
        raise HypervisorError(
            f"{wanted.url} is not what its checksum says, and was thrown away.",
            details=f"expected {expected}\nreceived {seen}",
            hint="Pull it again; if it stays so, the server or somebody on the way changes it.",
        )


def _kept(source: Source, expected: Expected, wanted: Download, home: Path) -> Image:
    """Give the downloaded file its place, once it is known to be one whole disk."""
    try:
        # No command is named that would copy what a foreign disk refers to into an image.
        cure = "Name the address of another file."
        size = qcow2.whole(wanted.part, called=source.url, hint=cure).size
    except SpecError:
        download.forget(wanted.part)
        raise
    partial = home.parent / f"{workshop.PARTIAL}{home.name}"
    record = Record(
        name=source.name,
        digest=expected.checksum.value,
        made=datetime.now(tz=UTC),
        disk=DiskRecord(path=filesystem.DISK, size=size),
        origin=source.url,
        verified=expected.reason,
    )
    with ExitStack() as undo:
        undo.callback(shutil.rmtree, partial, ignore_errors=True)
        partial.mkdir(mode=FOLDER_MODE)
        wanted.part.replace(partial / filesystem.DISK)
        (partial / filesystem.DISK).chmod(filesystem.READ_ONLY)
        download.forget(wanted.part)
        image = workshop.keep(record, partial, home)
        undo.pop_all()
    return image
