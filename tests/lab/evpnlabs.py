"""EVPN labs by the command line, and what is left of one."""

from pathlib import Path

from lab.command import Ended, vipprov

GATEWAY = "10.99.8.1"
OPTIONS = ("--vnis", "2", "--arp-suppression", "--anycast-gateway", f"{GATEWAY}/24")


def lab(verb: str, *arguments: str, name: str) -> Ended:
    return vipprov("lab", verb, "--name", name, "--json", *arguments)


def remains(name: str) -> set[str]:
    """Return what is there of a lab: links, namespaces, files, daemons."""
    links = {path.name for path in Path("/sys/class/net").glob(f"{name}-*")}
    namespaces = {path.name for path in Path("/run/netns").glob(f"vipprov-{name}-*")}
    files = {str(path) for path in Path("/run").glob(f"vipprov-{name}")}
    lines = (path / "cmdline" for path in Path("/proc").iterdir() if path.name.isdecimal())
    daemons = {str(path) for path in lines if f"/run/vipprov-{name}/".encode() in _read(path)}
    return links | namespaces | files | daemons


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""
