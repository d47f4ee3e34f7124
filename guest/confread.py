"""Read what a guest's own keepalived.conf says of its instances, as far as it is judged."""

import re
from ipaddress import ip_address, ip_interface

from vipprov.guest.facts import Configured


def read(code: int, text: str) -> tuple[Configured, ...] | None:
    """Return the instances in it; None where it could not be read, which the code says."""
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
