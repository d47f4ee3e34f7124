"""Who signed a checksum file: gpgv decides, with a keyring that is on this machine."""

import base64
import re
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import HypervisorError
from vipprov.hv.images.program import Run

# Headers and an empty line, the key, and a checksum of the text behind an equals sign.
ARMOUR = re.compile(
    rb"-----BEGIN PGP PUBLIC KEY BLOCK-----\s*\n(?:[\w-]+: .*\n)*\s*\n(?P<key>[\w+/\s]+={0,2})"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """Where the key of a maker may be on this machine; the first file that is there counts."""

    places: tuple[Path, ...]

    def first(self) -> Path | None:
        """Return the keyring, or None where there is none."""
        return next((path for path in self.places if path.is_file()), None)

    @property
    def absence(self) -> str:
        """Say what was looked for, and what to do."""
        return f"{' and '.join(map(str, self.places))} are not here; --keyring names another"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A file with its signature apart; None where the file is signed within itself."""

    content: bytes
    signature: bytes | None = None


def signed(document: Signed, keyring: Path, *, by: Deadline, program: Run) -> bytes:
    """Return what the keyring's owner has signed of the document, or raise HypervisorError."""
    with TemporaryDirectory(prefix="vipprov-") as scratch:
        folder = Path(scratch)
        out = folder / "out"
        argv = ["gpgv", "--keyring", str(_written(folder / "keys", _binary(keyring)))]
        if document.signature is None:
            # Only what gpgv puts out is what was signed.
            argv += ["--output", str(out)]
        else:
            argv += [str(_written(folder / "signature", document.signature))]
        argv += [str(_written(folder / "content", document.content))]
        said: list[str] = []
        if program(argv, log=folder / "log", on_line=said.append, by=by) != 0:
            raise HypervisorError(
                "The checksum file is not signed by the owner of the keyring.",
                details="\n".join([*said, f"The keyring is {keyring}."]),
                hint="Do not use the image; look for a newer keyring of its maker.",
            )
        return out.read_bytes() if document.signature is None else document.content


def _binary(keyring: Path) -> bytes:
    """Return the keys as gpgv takes them: makers publish them as text as well."""
    content = keyring.read_bytes()
    blocks = [match["key"] for match in ARMOUR.finditer(content)]
    return b"".join(base64.b64decode(block) for block in blocks) if blocks else content


def _written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path
