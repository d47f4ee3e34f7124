"""The machine's own apt sources: those of the distribution's archive, for one suite.

The addresses stay what the machine's owner made them: a mirror or a cache is used like any other.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from vipprov.guest.errors import MissingError

APT = Path("/etc/apt")
# Other vendors call their suites `bookworm` too; the archive is known by the keyring it is signed
# with, and by having a component `main`.
ARCHIVE_KEYRINGS = ("debian-archive", "ubuntu-archive")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One archive with some of its suites."""

    uris: tuple[str, ...]
    suites: tuple[str, ...]
    components: tuple[str, ...]
    signed_by: str = ""

    def stanza(self) -> str:
        """Return the source as a deb822 stanza."""
        lines = [
            "Types: deb",
            f"URIs: {' '.join(self.uris)}",
            f"Suites: {' '.join(self.suites)}",
            f"Components: {' '.join(self.components)}",
        ]
        return "\n".join([*lines, *([f"Signed-By: {self.signed_by}"] if self.signed_by else [])])


def for_suite(suite: str, *, apt: Path = APT, codename: str | None = None) -> str:
    """Return the machine's sources of this suite as deb822 text, or raise MissingError.

    On another release of the same distribution (its `codename`) the archive is the same, so the
    machine's own suites are renamed: trixie-security becomes bookworm-security.
    """
    known = tuple(_archives(read(apt)))
    chosen = _of(known, suite)
    if not chosen and codename:
        chosen = tuple(_renamed(source, codename, suite) for source in _of(known, codename))
    if not chosen:
        raise MissingError(
            f"The apt sources of this machine name no archive that has {suite}.",
            details=f"Read were {apt}/sources.list and {apt}/sources.list.d.",
            hint=f"Add a source of {suite} (component main, signed by the distribution's keyring).",
        )
    return "\n\n".join(source.stanza() for source in chosen) + "\n"


def read(apt: Path) -> tuple[Source, ...]:
    """Return the binary sources of all files that apt itself would read."""
    parts = apt / "sources.list.d"
    lists = [apt / "sources.list", *sorted(parts.glob("*.list"))]
    found = [parse_lines(path.read_text()) for path in lists if path.is_file()]
    found += [parse_stanzas(path.read_text()) for path in sorted(parts.glob("*.sources"))]
    return tuple(source for sources in found for source in sources)


def parse_lines(text: str) -> tuple[Source, ...]:
    """Read one-line style: `deb [signed-by=…] URI SUITE COMPONENT…`."""
    found = []
    for line in text.splitlines():
        match = re.match(r"deb\s+(?:\[(?P<options>[^]]*)\]\s*)?(?P<rest>\S.*)", line.strip())
        if match is None or match["rest"].startswith("cdrom:"):
            continue
        uri, suite, *components = match["rest"].split("#")[0].split()
        options = dict(
            option.split("=", 1) for option in (match["options"] or "").split() if "=" in option
        )
        found.append(
            Source(
                uris=(uri,),
                suites=(suite,),
                components=tuple(components),
                signed_by=options.get("signed-by", ""),
            )
        )
    return tuple(found)


def parse_stanzas(text: str) -> tuple[Source, ...]:
    """Read deb822 style; a key that is embedded rather than named is kept as it is."""
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    stanzas = re.split(r"\n\s*\n", "\n".join(lines))
    fields = (_fields(stanza) for stanza in stanzas if stanza.strip())
    return tuple(
        Source(
            uris=tuple(field.get("uris", "").split()),
            suites=tuple(field.get("suites", "").split()),
            components=tuple(field.get("components", "").split()),
            signed_by=field.get("signed-by", ""),
        )
        for field in fields
        if "deb" in field.get("types", "").split() and field.get("enabled", "yes") != "no"
    )


def _fields(stanza: str) -> dict[str, str]:
    pairs = re.findall(r"^([\w-]+):[ \t]*(.*(?:\n[ \t].*)*)", stanza, flags=re.MULTILINE)
    return {key.lower(): value.strip() for key, value in pairs}


def _archives(sources: Iterable[Source]) -> Iterable[Source]:
    for source in sources:
        ours = not source.signed_by or any(key in source.signed_by for key in ARCHIVE_KEYRINGS)
        if ours and "main" in source.components:
            yield source


def _of(sources: Iterable[Source], suite: str) -> tuple[Source, ...]:
    wanted = (suite, f"{suite}-updates", f"{suite}-security")
    return tuple(
        Source(
            uris=source.uris,
            suites=tuple(name for name in source.suites if name in wanted),
            components=("main",),
            signed_by=source.signed_by,
        )
        for source in sources
        if any(name in wanted for name in source.suites)
    )


def _renamed(source: Source, old: str, new: str) -> Source:
    return Source(
        uris=source.uris,
        suites=tuple(name.replace(old, new, 1) for name in source.suites),
        components=source.components,
        signed_by=source.signed_by,
    )
