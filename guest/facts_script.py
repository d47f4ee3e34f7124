"""The one command that asks a guest for its facts, and the reader of its answer."""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from ipaddress import ip_interface
from typing import Any, TypeVar

from vipprov.guest import confread, daemonstate, program
from vipprov.guest.errors import GuestError
from vipprov.guest.facts import (
    Assigned,
    Daemon,
    Facts,
    Link,
    Role,
    RoleFile,
    Software,
    Udev,
    kernel_key,
)

Read = TypeVar("Read")
Sections = Mapping[str, tuple[int, str]]

SETTLE_SECONDS = 3

_SOFTWARE = ("kernel", "end")
_ALL = ("udev", "kernel", "links", "end")


def command(
    sysctls: Iterable[str], *, settle: int = SETTLE_SECONDS, beside: Sequence[str] = ()
) -> tuple[str, ...]:
    """Return the argument list that asks for the facts, these sysctls among them.

    `beside` are the words of a program that runs meanwhile: to start it by itself would cost an
    emulated guest as much as a third of the facts.
    """
    return (*_asking("all", settle, "\n".join(map(kernel_key, sysctls))), *beside)


def software_command() -> tuple[str, ...]:
    """Return the argument list that asks for the software alone, at a fraction of the cost."""
    return _asking("software", 0, "")


def parse(text: str) -> Facts:
    """Return the facts in what `command` printed, or raise GuestError."""
    return _parsed(text, _ALL, _facts)


def parse_beside(text: str) -> str:
    """Return what the program beside `command` printed."""
    return _sections(text, ("beside",))["beside"][1]


def parse_software(text: str) -> Software:
    """Return what `software_command` printed, or raise GuestError."""
    return _parsed(text, _SOFTWARE, lambda sections: Software(**_software(sections)))


def _asking(what: str, settle: int, sysctls: str) -> tuple[str, ...]:
    script = program.PYTHON + program.source("facts.sh")
    return ("sh", "-c", script, "vipprov-facts", what, str(settle), sysctls)


def _parsed(text: str, required: Iterable[str], read: Callable[[Sections], Read]) -> Read:
    sections = _sections(text, required)
    try:
        return read(sections)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise GuestError(
            "The guest's answer about itself makes no sense.", details=f"{error!r}\n{text[:2000]}"
        ) from error


def _sections(text: str, required: Iterable[str]) -> dict[str, tuple[int, str]]:
    found: dict[str, tuple[int, str]] = {}
    for block in re.split(r"\n(?! )", text.rstrip("\n")):
        head, _, body = block.partition("\n")
        name, _, code = head.partition(" ")
        if not code.isdecimal():
            raise GuestError("The guest's answer about itself is garbled.", details=text[:2000])
        found[name] = (int(code), "\n".join(line[1:] for line in body.split("\n")))
    for name in required:
        code_, body = found.get(name, (-1, "the answer ends before it"))
        if code_ != 0:
            raise GuestError(f"The guest could not tell its {name}.", details=body)
    return found


def _software(sections: Sections) -> dict[str, Any]:
    release = dict(re.findall(r'^(\w+)=["\']?([^"\'\n]*)', sections["os"][1], re.MULTILINE))
    version = re.search(r"^Keepalived v(\d+(?:\.\d+)+)", sections["keepalived"][1], re.MULTILINE)
    return {
        "kernel": sections["kernel"][1],
        "keepalived": version and version[1],
        "os_id": release.get("ID", ""),
        "os_like": tuple(release.get("ID_LIKE", "").split()),
        "os_version": release.get("VERSION_ID", ""),
        "daemon": _daemon(sections["daemon"][1]),
    }


def _facts(sections: Sections) -> Facts:
    # Older iproute2 prints an empty object for what it filtered out.
    links = [link for link in json.loads(sections["links"][1]) if link]
    has_nft, rules = sections["firewall"][0] == 0, sections["firewall"][1].split("\n")
    return Facts(
        **_software(sections),
        links=tuple(map(_link, links)),
        addresses=tuple(
            Assigned(
                link=link["ifname"], address=ip_interface(f"{one['local']}/{one['prefixlen']}")
            )
            for link in links
            for one in link["addr_info"]
        ),
        roles=tuple(_role(line) for line in sections["roles"][1].split("\n") if line),
        sysctls=tuple(
            (key, " ".join(value.split()))
            for key, _, value in (
                line.partition(":") for line in sections["sysctls"][1].split("\n") if line
            )
        ),
        nft_tables=tuple(rule[6:].rstrip(" {") for rule in rules if _is_table(rule))
        if has_nft
        else None,
        vrrp_drops=tuple(
            " ".join(rule.split()) for rule in rules if has_nft and rule and not _is_table(rule)
        ),
        configured=confread.read(*sections["conf"]),
        udev={"settled": Udev.SETTLED, "busy": Udev.BUSY, "absent": Udev.ABSENT}[
            sections["udev"][1].split("\n")[-1]
        ],
    )


def _is_table(rule: str) -> bool:
    return rule.startswith("table ")


def _daemon(states: str) -> Daemon:
    letters = {line[0] for line in states.split("\n") if line} - {"Z", "X"}
    if not letters:
        return Daemon.ABSENT
    return Daemon.FROZEN if daemonstate.is_frozen(states) else Daemon.RUNNING


def _link(link: dict[str, Any]) -> Link:
    kind = link.get("linkinfo", {})
    return Link(
        name=link["ifname"],
        kind=kind.get("info_kind", ""),
        mode=kind.get("info_data", {}).get("mode"),
        parent=link.get("link"),
        mac=link.get("address", ""),
        up="UP" in link["flags"],
        promiscuity=int(link["promiscuity"]),
        mtu=int(link["mtu"]),
    )


def _role(line: str) -> RoleFile:
    instance, role, *since = line.split(" ")
    return RoleFile(instance=instance, role=Role(role), since=" ".join(since))
