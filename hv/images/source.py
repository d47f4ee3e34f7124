"""Where an image is pulled from, and who says what it contains."""

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Self, assert_never
from urllib.parse import unquote, urljoin, urlsplit

from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import SpecError
from vipprov.hv.images import address, checksums, download, signature
from vipprov.hv.images.checksums import Checksum
from vipprov.hv.images.program import Run
from vipprov.hv.images.signature import Keys, Signed
from vipprov.hv.images.stock import Stock

# It becomes the name of a folder.
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A file of checksums at an address. `signature` is a name beside it, or None for within.

    `keys` is None where its maker signs nothing.
    """

    url: str
    keys: Keys | None = None
    signature: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """An image at an address; its checksum is the user's word, or its maker's."""

    name: str
    url: str
    expected: Checksum | Published

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name):
            raise SpecError(
                f"{self.name!r} is no name for an image.",
                hint="Give one with --name: letters, digits, dots, dashes and underscores.",
            )
        address.check(self.url)
        if not isinstance(self.expected, Published):
            return
        address.check(self.expected.url)
        for url in (self.url, self.expected.url):
            if urlsplit(url).scheme != "https":
                raise SpecError(
                    f"{url} is not encrypted: whoever changes the image changes its checksum.",
                    hint="Use https://…, or give the checksum yourself with --checksum.",
                )

    @classmethod
    def of(cls, stock: Stock, *, name: str | None = None) -> Self:
        """Return the source of a stock image, under a name of the user's if there is one."""
        published = Published(
            url=stock.address(stock.checksums), keys=stock.keys, signature=stock.signature
        )
        return cls(name=name or stock.name, url=stock.address(stock.file), expected=published)

    @property
    def file(self) -> str:
        """Return the name that the file has where it comes from."""
        return file_name(self.url)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """The checksum that an image must have, and a sentence on why we believe it."""

    checksum: Checksum
    reason: str


def file_name(url: str) -> str:
    """Return the name of the file at an address."""
    return PurePosixPath(unquote(urlsplit(url).path)).name


def expected(source: Source, keys: Keys | None, *, by: Deadline, program: Run) -> Expected:
    """Return what the image must hash to; `keys` of the user's must have signed it."""
    match source.expected:
        case Checksum() if keys is not None:
            raise SpecError(
                "A checksum that is given has no signature.",
                hint="A keyring goes with a stock image, or with --checksums.",
            )
        case Checksum() as given:
            return Expected(checksum=given, reason="checksum as given by the user")
        case Published() as published:
            return _published(source, published, keys or published.keys, by=by, program=program)
        case _:
            assert_never(source.expected)


def _published(
    source: Source, published: Published, keys: Keys | None, *, by: Deadline, program: Run
) -> Expected:
    content = download.small(published.url, by=by)
    keyring = None if keys is None else keys.first()
    if keys is None or keyring is None:
        doubt = "its maker publishes none" if keys is None else keys.absence
        reason = f"signature not checked: {doubt}"
    else:
        apart = published.signature and urljoin(published.url, published.signature)
        document = Signed(
            content=content, signature=download.small(apart, by=by) if apart else None
        )
        content = signature.signed(document, keyring, by=by, program=program)
        reason = f"signature good, by {keyring}"
    text = content.decode(errors="replace")
    checksum = checksums.find(text, source.file, origin=published.url)
    return Expected(checksum=checksum, reason=f"checksum as in {published.url}; {reason}")
