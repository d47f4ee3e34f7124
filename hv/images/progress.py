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
TO_INSTALL = re.compile(r"\d+ upgraded, (?P<count>\d+) newly installed")
DONE = "Setting up "
EVERY = 20


def teller(name: str, report: Report) -> Callable[[str], None]:
    """Return a function of output lines that reports each stage, and how far installing is."""
    told: set[str] = set()
    total = done = 0

    def tell(line: str) -> None:
        nonlocal total, done
        if counted := TO_INSTALL.match(line):
            total, done = int(counted["count"]), 0
        if line.startswith(DONE):
            done += 1
        text = _stage(line) or _share(line, done, total)
        if text and text not in told:
            told.add(text)
            report(f"{name}: {text}")

    return tell


def _stage(line: str) -> str | None:
    to_get = TO_GET.match(line)
    if to_get and not to_get["need"].startswith("0 B"):
        return f"fetching {to_get['need']} of packages"
    return next((text for start, text in STAGES if line.startswith(start)), None)


def _share(line: str, done: int, total: int) -> str | None:
    counts = line.startswith(DONE) and 0 < done <= total and done % EVERY == 0
    return f"{done} of {total} packages are set up" if counts else None
