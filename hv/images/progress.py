"""What a person wants to know of mmdebstrap's output."""

import re
from collections.abc import Callable

from vipprov.hv.images.program import Report

STAGES = (
    ("I: running apt-get update", "reading package lists"),
    ("I: downloading packages with apt", "downloading the base system"),
    ("I: extracting archives", "unpacking the base system"),
    ("I: installing essential packages", "configuring the base system"),
    ("I: installing remaining packages", "installing packages"),
    ("I: cleaning", "cleaning up"),
)
TO_GET = re.compile(r"Need to get (?P<need>.+?) of archives")


def teller(name: str, report: Report) -> Callable[[str], None]:
    """Return a function of output lines that reports each stage once."""
    told: set[str] = set()

    def tell(line: str) -> None:
        text = _stage(line)
        if text and text not in told:
            told.add(text)
            report(f"{name}: {text}")

    return tell


def _stage(line: str) -> str | None:
    to_get = TO_GET.match(line)
    if to_get and not to_get["need"].startswith("0 B"):
        return f"fetching {to_get['need']} of packages"
    return next((text for start, text in STAGES if line.startswith(start)), None)
