"""The one command that asks a guest for its facts, and the reader of its answer.

Of the guest it needs a POSIX sh, sed, grep, cat, uname and an iproute2 that knows `-j`. Sections
are framed by lines, and every line of a body is indented, so no content can look like a frame.
"""

import json
import re
from collections.abc import Iterable
from ipaddress import ip_address, ip_interface
from typing import Any

from vipprov.guest.errors import GuestError
from vipprov.guest.facts import (
    Assigned,
    Configured,
    Daemon,
    Facts,
    Link,
    Role,
    RoleFile,
    Udev,
    kernel_key,
)

SCRIPT = r"""
export LC_ALL=C PATH="/usr/sbin:/usr/bin:/sbin:/bin:$PATH"
settle=$1
shift

section() {
    name=$1
    shift
    body=$("$@" 2>&1 </dev/null)
    printf '%s %s\n' "$name" "$?"
    [ -z "$body" ] || printf '%s\n' "$body" | sed 's/^/ /'
}

udev() {
    if [ ! -S /run/udev/control ]; then echo absent
    elif udevadm settle --timeout="$settle" >&2; then echo settled
    else echo busy; fi
}

# keepalived of this network namespace only: a container's host may run others.
daemon() {
    for file in $(grep -ls '^keepalived$' /proc/[0-9]*/comm); do
        process=${file%/comm}
        [ "$(readlink "$process/ns/net")" = "$(readlink /proc/self/ns/net)" ] || continue
        sed -n 's/^State:[[:space:]]*//p' "$process/status"
    done 2>/dev/null
}

roles() {
    for file in /run/vipprov/role/*; do
        [ -f "$file" ] || continue
        IFS= read -r line <"$file"
        printf '%s %s\n' "${file##*/}" "$line"
    done
}

sysctls() {
    for key in "$@"; do
        [ -r "/proc/sys/$key" ] || continue
        # Not `read`: it takes one byte at a time, and /proc/sys gives no second one.
        printf '%s=%s\n' "$key" "$(head -n 1 "/proc/sys/$key")"
    done
}

# No more of the file than is judged: the rest may hold a password.
conf() {
    sed -n -e '/^[[:space:]]*vrrp_instance[[:space:]]/p' \
        -e '/^[[:space:]]*virtual_router_id[[:space:]]/p' \
        -e '/^[[:space:]]*virtual_ipaddress[[:space:]]*{/,/}/p' \
        -e '/^[[:space:]]*unicast_peer[[:space:]]*{/,/}/p' /etc/keepalived/keepalived.conf
}

vrrp_drops() {
    nft list ruleset 2>/dev/null | \
        grep -E '(protocol|nexthdr|l4proto) ([{][^}]*)?(vrrp|112)([ ,].*)? (drop|reject)'
}

section udev udev
section kernel uname -r
section keepalived keepalived --version
section os cat /etc/os-release
section daemon daemon
section links ip -j -d link
section addresses ip -j addr
section roles roles
section sysctls sysctls "$@"
section nft nft list tables
section vrrp-drops vrrp_drops
section conf conf
section end true
"""

SETTLE_SECONDS = 3

_REQUIRED = ("udev", "kernel", "links", "addresses", "end")


def command(sysctls: Iterable[str], *, settle: int = SETTLE_SECONDS) -> tuple[str, ...]:
    """Return the argument list that asks for the facts, these sysctls among them."""
    return ("sh", "-c", SCRIPT, "vipprov-facts", str(settle), *map(kernel_key, sysctls))


def parse(text: str) -> Facts:
    """Return the facts in what the script printed, or raise GuestError."""
    sections = _sections(text)
    try:
        return _facts(sections)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise GuestError(
            "The guest's answer about itself makes no sense.", details=f"{error!r}\n{text[:2000]}"
        ) from error


def _sections(text: str) -> dict[str, tuple[int, str]]:
    found: dict[str, tuple[int, str]] = {}
    for block in re.split(r"\n(?! )", text.rstrip("\n")):
        head, _, body = block.partition("\n")
        name, _, code = head.partition(" ")
        if not code.isdecimal():
            raise GuestError("The guest's answer about itself is garbled.", details=text[:2000])
        found[name] = (int(code), "\n".join(line[1:] for line in body.split("\n")))
    for name in _REQUIRED:
        code_, body = found.get(name, (-1, "the answer ends before it"))
        if code_ != 0:
            raise GuestError(f"The guest could not tell its {name}.", details=body)
    return found


def _facts(sections: dict[str, tuple[int, str]]) -> Facts:
    release = dict(re.findall(r'^(\w+)=["\']?([^"\'\n]*)', sections["os"][1], re.MULTILINE))
    version = re.search(r"^Keepalived v(\d+(?:\.\d+)+)", sections["keepalived"][1], re.MULTILINE)
    nft_code, nft = sections["nft"]
    return Facts(
        kernel=sections["kernel"][1],
        keepalived=version and version[1],
        os_id=release.get("ID", ""),
        os_like=tuple(release.get("ID_LIKE", "").split()),
        os_version=release.get("VERSION_ID", ""),
        daemon=_daemon(sections["daemon"][1]),
        links=tuple(_link(link) for link in json.loads(sections["links"][1]) if link),
        addresses=tuple(
            Assigned(
                link=link["ifname"], address=ip_interface(f"{one['local']}/{one['prefixlen']}")
            )
            for link in json.loads(sections["addresses"][1])
            if link  # older iproute2 prints an empty object for what it filtered out
            for one in link["addr_info"]
        ),
        roles=tuple(_role(line) for line in sections["roles"][1].split("\n") if line),
        sysctls=tuple(
            (key, " ".join(value.split()))
            for key, _, value in (
                line.partition("=") for line in sections["sysctls"][1].split("\n") if line
            )
        ),
        nft_tables=tuple(re.findall(r"^table (.+)$", nft, re.MULTILINE)) if nft_code == 0 else None,
        vrrp_drops=tuple(
            " ".join(line.split()) for line in sections["vrrp-drops"][1].split("\n") if line
        ),
        configured=_configured(*sections["conf"]),
        udev={"settled": Udev.SETTLED, "busy": Udev.BUSY, "absent": Udev.ABSENT}[
            sections["udev"][1].split("\n")[-1]
        ],
    )


def _daemon(states: str) -> Daemon:
    letters = {line[0] for line in states.split("\n") if line} - {"Z", "X"}
    if not letters:
        return Daemon.ABSENT
    return Daemon.FROZEN if letters & {"T", "t"} else Daemon.RUNNING


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


def _configured(code: int, text: str) -> tuple[Configured, ...] | None:
    if code != 0:
        return None
    _, *blocks = re.split(r"^\s*vrrp_instance\s+", "\n" + text, flags=re.MULTILINE)
    return tuple(_block(block) for block in blocks)


def _block(text: str) -> Configured:
    router = re.search(r"^\s*virtual_router_id\s+(\d+)", text, re.MULTILINE)
    return Configured(
        instance=text.partition("\n")[0].strip(" {"),
        virtual_router_id=int(router[1]) if router else None,
        addresses=tuple(
            ip_interface(word) for word in _listed(text, "virtual_ipaddress") if _is(word)
        ),
        peers=tuple(
            ip_address(word)
            for word in _listed(text, "unicast_peer")
            if _is(word) and "/" not in word
        ),
    )


def _listed(text: str, name: str) -> tuple[str, ...]:
    """Return the first word of each line in the blocks of this name."""
    bodies = re.findall(rf"^\s*{name}\s*{{([^}}]*)}}", text, re.MULTILINE)
    return tuple(line.split()[0] for body in bodies for line in body.split("\n") if line.strip())


def _is(word: str) -> bool:
    """Say whether the word is an address: whoever edits the file may write a comment as well."""
    try:
        ip_interface(word)
    except ValueError:
        return False
    return True


def _role(line: str) -> RoleFile:
    instance, role, *since = line.split(" ")
    return RoleFile(instance=instance, role=Role(role), since=" ".join(since))
