"""All of this host that a pair may touch, to be compared before and after."""

import json
import subprocess
from pathlib import Path

STATE = Path("/var/lib/vipprov")
CGROUPS = Path("/sys/fs/cgroup")
# libvirt itself leaves an empty group of this name behind, once for each controller.
LIBVIRTS_OWN = "machine"


def host() -> dict[str, object]:
    """Return what there is of domains, filters, links, namespaces, mounts, cgroups and files."""
    links = json.loads(_said("ip", "-d", "-j", "link"))
    return {
        "domains": [*_domains("lxc:///system"), *_domains("qemu:///system")],
        "filters": _said("virsh", "-q", "-c", "lxc:///system", "nwfilter-list").splitlines(),
        "bindings": _said("virsh", "-q", "-c", "lxc:///system", "nwfilter-binding-list"),
        "links": sorted(link["ifname"] for link in links),
        "bridge ports": sorted(
            json.dumps([link["ifname"], _flags(link)], sort_keys=True) for link in links
        ),
        "namespaces": _said("ip", "netns", "list").split(),
        "named namespaces": sorted(path.name for path in Path("/run/netns").glob("*")),
        "mounts": sorted(line.split(" - ")[0].split(" ", 4)[4] for line in _mounts()),
        "cgroups": sorted(
            str(path)
            for path in CGROUPS.glob("**/")
            if LIBVIRTS_OWN not in path.relative_to(CGROUPS).parts
        ),
        "files": sorted(str(path) for path in STATE.glob("*/*") if path.parent.name != "images"),
        "packet rules": _said("ebtables", "-t", "nat", "-L"),
    }


def _domains(address: str) -> list[str]:
    return _said("virsh", "-q", "-c", address, "list", "--all", "--name").split()


def _flags(link: dict[str, object]) -> object:
    info = link.get("linkinfo")
    port = info.get("info_slave_data", {}) if isinstance(info, dict) else {}
    return {flag: port.get(flag) for flag in ("learning", "flood", "isolated")}


def _mounts() -> list[str]:
    return Path("/proc/self/mountinfo").read_text().splitlines()


def _said(*argv: str) -> str:
    return subprocess.run(argv, check=True, capture_output=True, text=True, timeout=60).stdout
