"""What there is in images: those on this machine, and those that could be."""

import os
import platform
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath

from vipprov.guest.errors import MissingError, SpecError
from vipprov.hv.images import address, catalogue, stock, store, unfinished
from vipprov.hv.images.checksums import Checksum
from vipprov.hv.images.image import Form, Image
from vipprov.hv.images.signature import Keys
from vipprov.hv.images.source import Published, Source, file_name

SHOWN = ("keepalived", "cloud-init", "systemd")
KERNEL = "linux-image-"
SECTOR = 512
HOURS, DAYS = 3600, 86400


def document(image: Image) -> dict[str, object]:
    """Return the image as a JSON document."""
    disk = image.disk
    return {
        "name": image.name,
        "for": image.form.driver,
        "form": image.form.value,
        "digest": image.digest,
        "path": str(image.path),
        "kernel": str(disk.kernel) if disk and disk.kernel else None,
        "virtual_size": disk.size if disk else None,
        "bytes": _bytes(image),
        "made": image.made.isoformat() if image.made else None,
        "current": _is_current(image),
        "origin": image.origin,
        "verified": image.verified,
        "packages": dict(image.packages),
    }


def inventory() -> dict[str, object]:
    """Return all images as one JSON document."""
    return {
        "built": [document(image) for image in store.every()],
        "buildable": list(catalogue.names(Form.TREE)),
        "pullable": list(stock.names()),
        "unfinished": [
            {"path": str(found.path), "bytes": found.size, "changed": found.changed.isoformat()}
            for found in unfinished.every()
        ],
    }


def table(now: datetime | None = None) -> str:
    """Return all images as lines for a person; an older recipe's are not used any more."""
    now = now or datetime.now(tz=UTC)
    lines = [_line(image, now) for image in store.every()]
    missing = [
        f"{name}  for {form.driver}  not here: {catalogue.command(name, form)}"
        for form in Form
        for name in (*catalogue.names(form), *(stock.names() if form is Form.DISK else ()))
        if store.find(name, form) is None
    ]
    begun = [
        f"unfinished download  {found.size / 1e6:.0f} MB  {_when(found.changed, now)}  "
        "its pull goes on; or vipprov image remove --unfinished"
        for found in unfinished.every()
    ]
    return "\n".join([*lines, *missing, *begun])


def source(
    wanted: str,
    *,
    name: str | None,
    checksum: str | None,
    checksums: str | None,
    machine: str = platform.machine(),
) -> Source:
    """Return where to pull from: a stock image by its name, or an address with a checksum."""
    if "://" in wanted:
        address.check(wanted)
        called = PurePosixPath(file_name(wanted)).stem if name is None else name
        expected = _expected(wanted, checksum, checksums)
        return _not_taken(Source(name=called, url=wanted, expected=expected))
    if checksum is not None or checksums is not None:
        raise SpecError(
            f"The checksum of {wanted} comes from its maker.",
            hint="--checksum and --checksums are for addresses (https://…).",
        )
    return _not_taken(Source.of(stock.find(wanted, machine), name=name))


def _expected(wanted: str, checksum: str | None, checksums: str | None) -> Checksum | Published:
    match checksum, checksums:
        case str(), None:
            return Checksum.parse(checksum)
        case None, str():
            return Published(url=checksums)
        case _:
            raise SpecError(
                f"Nothing says what {wanted} should contain, or two things do.",
                hint="Add --checksum sha256:…, or --checksums with the address of its maker's "
                "file.",
            )


def keys(keyring: Path | None) -> Keys | None:
    """Return the user's keyring, which must be there."""
    if keyring is None:
        return None
    if not keyring.is_file():
        raise MissingError(f"There is no keyring at {keyring}.")
    return Keys(places=(keyring,))


def _not_taken(source: Source) -> Source:
    """Return the source, unless its image would hide one that vipprov builds."""
    if source.name in catalogue.names(Form.DISK):
        raise SpecError(
            f"The name {source.name} is that of an image that vipprov builds.",
            hint="Give another one with --name.",
        )
    return source


def _line(image: Image, now: datetime) -> str:
    parts = [
        image.name,
        f"for {image.form.driver}",
        image.digest[: store.DIGITS],
        f"{_bytes(image) / 1e6:.0f} MB",
        _when(image.made, now) if image.made else "-",
        " · ".join(_versions(image)) or image.verified or "",
        "" if _is_current(image) else "(older: not used for new machines)",
    ]
    return "  ".join(part for part in parts if part)


def _versions(image: Image) -> list[str]:
    versions = dict(image.packages)
    kernels = [
        name.removeprefix(KERNEL)
        for name in versions
        if name.startswith(KERNEL) and name[len(KERNEL)].isdigit()
    ]
    shown = [f"{name} {versions[name]}" for name in SHOWN if name in versions]
    return [*(f"kernel {kernel}" for kernel in kernels), *shown]


def _when(moment: datetime, now: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} ({_age(now - moment)})"


def _age(age: timedelta) -> str:
    seconds = int(age.total_seconds())
    if seconds < HOURS:
        return "fresh"
    return f"{seconds // HOURS} h old" if seconds < 2 * DAYS else f"{seconds // DAYS} days old"


def _is_current(image: Image) -> bool:
    return store.find(image.name, image.form) == image


def _bytes(image: Image) -> int:
    """Return what the image takes of this machine's disk; a file with two names counts once."""
    seen = {
        (status.st_dev, status.st_ino): status.st_blocks * SECTOR
        for folder, _, files in os.walk(image.path.parent)
        for status in (Path(folder, name).lstat() for name in files)
    }
    return sum(seen.values())
