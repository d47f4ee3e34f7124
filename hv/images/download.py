"""Downloads a large file: goes on where it was cut short, and never mixes two contents."""

from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path

from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import DeadlineError, HypervisorError
from vipprov.hv.images import web, workshop
from vipprov.hv.images.workshop import Free

CHUNK = 1 << 18
NOTE = ".validator"
# Told how many bytes are there, and how many there will be where the server says so.
Gauge = Callable[[int, int | None], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """For how many seconds a server may be silent, and how many bytes it may send.

    After each `stride` of bytes the disk is asked again whether it has room.
    """

    stall: float = 30.0
    largest: int = 16 << 30
    stride: int = 64 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """What is downloaded, where to, and until when. Beside `part` its validator is kept."""

    url: str
    part: Path
    by: Deadline
    gauge: Gauge
    limits: Limits = field(default_factory=Limits)
    free: Free = workshop.bytes_free

    @property
    def have(self) -> int:
        """Return how many bytes are there."""
        return self.part.stat().st_size if self.part.exists() else 0

    @property
    def note(self) -> Path:
        """Return the file with the server's name for the content that the part is of."""
        return self.part.with_suffix(NOTE)


def fetch(wanted: Download) -> None:
    """Download the file; what is there of the same content is kept.

    A connection that breaks off is taken up again as long as each one brings something.
    """
    while True:
        before = wanted.have
        try:
            if _transfer(wanted):
                return
        except web.BrokenOffError:
            if wanted.have <= before:
                raise


def forget(part: Path) -> None:
    """Remove what is there, so that the next download begins at the beginning."""
    part.unlink(missing_ok=True)
    part.with_suffix(NOTE).unlink(missing_ok=True)


def small(url: str, *, by: Deadline, limit: int = 1 << 20) -> bytes:
    """Return a small file, such as one of checksums."""
    content = b""
    _check_time(url, by)
    with web.answer(url, stall=min(Limits().stall, by.remaining)) as answer:
        while chunk := answer.read(CHUNK):
            content += chunk
            if len(content) > limit:
                raise HypervisorError(f"{url} is too large for a file of checksums.")
            _check_time(url, by)
    return content


def _transfer(wanted: Download) -> bool:
    """Ask once for what is missing; False if it has to be asked again, from the beginning."""
    have = wanted.have
    validator = wanted.note.read_text() if have and wanted.note.exists() else ""
    # Without a validator the server might go on with another content.
    headers = {"Range": f"bytes={have}-", "If-Range": validator} if validator else {}
    _check_time(wanted.url, wanted.by)
    stall = min(wanted.limits.stall, wanted.by.remaining)
    with web.answer(wanted.url, stall=stall, headers=headers) as answer:
        if answer.status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            return _complete(wanted, answer, have)
        start = _start(wanted, answer, have)
        total = _total(answer, start)
        _check_size(wanted, total or 0)
        _check_room(wanted, start, total)
        if start == 0:
            forget(wanted.part)
            wanted.note.write_text(_validator(answer))
        _copy(wanted, answer, start, total)
    return True


def _complete(wanted: Download, answer: web.Answer, have: int) -> bool:
    """Say whether there is nothing behind what we have; forget it where the file is another."""
    if answer.headers.get("Content-Range") == f"bytes */{have}":
        return True
    if not have:
        raise HypervisorError(f"The server refused {wanted.url}.", details="416 for a whole file")
    forget(wanted.part)
    return False


def _start(wanted: Download, answer: web.Answer, have: int) -> int:
    """Return where the answer's content begins; a server may ignore that a part was asked for."""
    if answer.status != HTTPStatus.PARTIAL_CONTENT:
        return 0
    if not answer.headers.get("Content-Range", "").startswith(f"bytes {have}-"):
        raise HypervisorError(f"The server sends another part of {wanted.url} than was asked for.")
    return have


def _total(answer: web.Answer, start: int) -> int | None:
    length = answer.headers.get("Content-Length", "")
    return start + int(length) if length.isdecimal() else None


def _validator(answer: web.Answer) -> str:
    etag = answer.headers.get("ETag", "")
    # A weak one is the same for contents that differ.
    return etag if etag and not etag.startswith("W/") else answer.headers.get("Last-Modified", "")


def _copy(wanted: Download, answer: web.Answer, start: int, total: int | None) -> None:
    have, stride = start, wanted.limits.stride
    with wanted.part.open("ab") as file:
        while chunk := answer.read(CHUNK):
            file.write(chunk)
            have += len(chunk)
            wanted.gauge(have, total)
            _check_size(wanted, have)
            _check_time(wanted.url, wanted.by)
            if have // stride > (have - len(chunk)) // stride:
                _check_room(wanted, have, total)
    if total is not None and have < total:
        raise web.BrokenOffError(
            f"The connection broke off while reading {wanted.url}.",
            details=f"{have} of {total} bytes came.",
            hint=web.HINT,
        )


def _check_size(wanted: Download, size: int) -> None:
    if size > wanted.limits.largest:
        forget(wanted.part)
        raise HypervisorError(
            f"{wanted.url} is larger than {wanted.limits.largest / 1e9:.0f} GB: no image is."
        )


def _check_room(wanted: Download, have: int, total: int | None) -> None:
    # Where the server does not say how much will come, the next stride has to find room.
    need = wanted.limits.stride if total is None else total - have
    workshop.check_room(wanted.part.parent, need, what="The download", free=wanted.free)


def _check_time(url: str, by: Deadline) -> None:
    if by.remaining <= 0:
        raise DeadlineError(f"{url} was not here in time.", hint=web.HINT)
