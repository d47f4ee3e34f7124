"""Mount an overlay whose layers lie where the machines' layers will lie."""

import ctypes
import os
import sys
import tempfile
from pathlib import Path

from vipprov.hv.host.trials import ending

MS_REC = 0x4000
MS_PRIVATE = 0x40000


def attempt() -> str:
    """Return a sentence if the overlay was mounted and written to; OSError if not."""
    place = _existing(Path(sys.argv[1]))
    if not os.access(place, os.W_OK):
        raise ending.UntoldError(f"{place} may not be written by this user")
    with tempfile.TemporaryDirectory(dir=place, prefix=".doctor-") as folder:
        _mounted(Path(folder))
    return f"mounted one below {place}"


def _mounted(folder: Path) -> None:
    layers = [folder / name for name in ("lower", "upper", "work", "merged")]
    for layer in layers:
        layer.mkdir()
    lower, upper, work, merged = layers
    ending.enter(ending.CLONE_NEWNS)
    _mount("none", Path("/"), "", MS_REC | MS_PRIVATE, "")
    options = f"lowerdir={lower},upperdir={upper},workdir={work}"
    _mount("overlay", merged, "overlay", 0, options)
    try:
        (merged / "written").write_text("")
    finally:
        ending.libc().umount2(os.fsencode(merged), 0)


def _mount(source: str, target: Path, kind: str, flags: int, options: str) -> None:
    arguments = (source.encode(), os.fsencode(target), kind.encode(), flags, options.encode())
    if ending.libc().mount(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), kind)


def _existing(path: Path) -> Path:
    return next(place for place in (path, *path.parents) if place.is_dir())


if __name__ == "__main__":
    ending.run(attempt)
