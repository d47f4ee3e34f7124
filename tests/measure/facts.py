"""What a page says of the machine and the programs that it was measured with."""

import os
import platform
import re
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

_VERSIONS = {
    "keepalived": ("keepalived", "--version"),
    "FRR": ("/usr/lib/frr/bgpd", "--version"),
    "libvirt": ("libvirtd", "--version"),
}
_NUMBER = re.compile(r"\d+\.\d+(\.\d+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Where and when something was measured; no names of hosts, no paths."""

    day: str
    machine: str
    programs: str

    def __str__(self) -> str:
        return f"{self.day}. {self.machine}. {self.programs}."


def facts() -> Facts:
    """Return the facts of this machine, now."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 30
    programs = (f"{name} {found}" for name in _VERSIONS if (found := _version(name)))
    return Facts(
        day=f"{datetime.now(UTC):%d %B %Y}".lstrip("0"),
        machine=f"{os.cpu_count()} cores ({_processor()}), {memory} GiB",
        programs=", ".join((f"{_system()}, kernel {_kernel()}", *programs)),
    )


def _version(name: str) -> str | None:
    try:
        done = subprocess.run(_VERSIONS[name], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return None
    found = _NUMBER.search(done.stdout + done.stderr)
    return found and found[0]


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _kernel() -> str:
    """Return the release of the kernel, without what its builder has added."""
    return platform.release().partition("-")[0]


def _system() -> str:
    return platform.freedesktop_os_release().get("PRETTY_NAME", "Linux")
